{#- The rules on one side of an execution: fields 7 to 15 for the buyer, 16 to 24 for the seller. -#}
{% macro mifid_party_checks(side, field) -%}
        -- The executing entity's own LEI is checked in field 4, once.
    {{ side }}_type is null
    or (
        {{ side }}_type = 'lei'
        and not is_{{ side }}_executing_entity
        and not coalesce(has_{{ side }}_check_digits, false)
    ) as {{ "r%02d_1" % field }},
    {{ side }}_type = 'lei'
    and not is_{{ side }}_executing_entity
    and has_{{ side }}_check_digits
    and coalesce({{ side }}_lei_status, 'unknown') not in ('ISSUED', 'LAPSED')
        as {{ "r%02d_2" % field }},
    {{ side }}_type = 'lei'
    and not is_{{ side }}_executing_entity
    and {{ side }}_lei_status = 'LAPSED' as {{ "r%02d_3" % field }},
    {{ side }}_type = 'mic'
    and not coalesce(is_{{ side }}_mic_in_force, false) as {{ "r%02d_4" % field }},
    {{ side }}_type = 'natural_person'
    and {{ side }}_identifier_type is not null
    and not is_{{ side }}_identifier_type_allowed as {{ "r%02d_5" % field }},
    {{ side }}_type = 'natural_person'
    and not coalesce(is_{{ side }}_identifier_well_formed, false)
        as {{ "r%02d_6" % field }},
    {{ side }}_type = 'natural_person'
    and is_{{ side }}_identifier_well_formed
    and not is_{{ side }}_concat_consistent as {{ "r%02d_7" % field }},
    is_{{ side }}_client
    and {{ side }}_branch_country is null as {{ "r%02d_1" % (field + 1) }},
    not is_{{ side }}_client
    and {{ side }}_branch_country is not null as {{ "r%02d_2" % (field + 1) }},
    {{ side }}_type = 'natural_person'
    and {{ side }}_first_name_masked is null as {{ "r%02d_1" % (field + 2) }},
    {{ side }}_type = 'natural_person'
    and not is_{{ side }}_name_upper as {{ "r%02d_2" % (field + 2) }},
    {{ side }}_type = 'natural_person'
    and {{ side }}_surname_masked is null as {{ "r%02d_1" % (field + 3) }},
    {{ side }}_type = 'natural_person'
    and {{ side }}_birth_date_masked is null as {{ "r%02d_1" % (field + 4) }},
    {{ side }}_type = 'natural_person'
    and not is_{{ side }}_birth_date_plausible as {{ "r%02d_2" % (field + 4) }},
    {{ side }}_decision_maker_type = 'lei'
    and not coalesce(has_decision_maker_check_digits, false)
        as {{ "r%02d_1" % (field + 5) }},
    {{ side }}_decision_maker_type = 'lei'
    and has_decision_maker_check_digits
    and coalesce(decision_maker_lei_status, 'unknown') not in ('ISSUED', 'LAPSED')
        as {{ "r%02d_2" % (field + 5) }},
    {{ side }}_decision_maker_type = 'natural_person'
    and (
        not coalesce(is_decision_maker_identifier_well_formed, false)
        or {{ side }}_decision_maker_first_name_masked is null
        or {{ side }}_decision_maker_surname_masked is null
        or {{ side }}_decision_maker_birth_date_masked is null
    ) as {{ "r%02d_1" % (field + 6) }},
{%- endmacro %}
