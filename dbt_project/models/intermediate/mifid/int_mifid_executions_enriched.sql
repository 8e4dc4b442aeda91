{#- What a natural person is reported with. -#}
{%- set person_columns = [
    "identifier_type", "national_id_token", "national_id_masked", "first_name_token", "first_name_masked",
    "surname_token", "surname_masked", "birth_date_token", "birth_date_masked",
] -%}

with executions as (
    select * from {{ ref("int_mifid_executions_on_markets") }}
),

parties as (
    select * from {{ ref("int_mifid_party_versions") }}
),

leis as (
    select * from {{ ref("int_mifid_lei_versions") }}
),

venues as (
    select * from {{ ref("iso_market_identifiers") }}
),

sides_named as (
    select
        executions.*,
        coalesce(executing.has_check_digits, false) as has_executing_check_digits,
        executing.status as executing_lei_status,
        {%- for person in ["investment", "execution"] %}
            {{ person }}_persons.identifier_type as {{ person }}_identifier_type,
            {{ person }}_persons.national_id_token as {{ person }}_national_id_token,
            {{ person }}_persons.national_id_masked as {{ person }}_national_id_masked,
            {{ person }}_persons.is_identifier_well_formed
                as is_{{ person }}_identifier_well_formed,
        {%- endfor %}
        clients.client_category is not null as is_own_client,
        case
            when executions.client_party_id is null or clients.party_type = 'legal_entity'
                then 'lei'
            else clients.party_type
        end as own_type,
        case
            when executions.client_party_id is null then executions.executing_entity_lei
            when clients.party_type = 'legal_entity' then clients.lei
        end as own_code,
        clients.branch_country as own_branch_country,
        {%- for column in person_columns %}
            case
                when clients.party_type = 'natural_person' then clients.{{ column }}
            end as own_{{ column }},
        {%- endfor %}
        coalesce(
            executions.trade_date >= clients.identifier_allowed_from
            and executions.trade_date < clients.identifier_allowed_to,
            false
        ) as is_own_identifier_type_allowed,
        clients.is_identifier_well_formed as is_own_identifier_well_formed,
        clients.is_concat_consistent as is_own_concat_consistent,
        clients.is_name_upper as is_own_name_upper,
        clients.is_birth_date_plausible as is_own_birth_date_plausible,
        executions.counterparty_code as other_code,
        case
            when executions.counterparty_code = 'INTC' then 'intc'
            when length(executions.counterparty_code) = 4 then 'mic'
            else 'lei'
        end as other_type,
        counterparties.has_check_digits as has_other_check_digits,
        counterparties.status as other_lei_status,
        counterparty_venues.created <= executions.trade_date
        and executions.trade_date
        < coalesce(counterparty_venues.expiry, cast('9999-01-01' as date))
            as is_other_mic_in_force,
        deciders.party_id is not null as is_decision_maker_party,
        deciders.is_identifier_well_formed as is_decision_maker_identifier_well_formed,
        case
            when deciders.party_type = 'natural_person' then 'natural_person'
            when executions.decision_maker_code is not null then 'lei'
        end as own_decision_maker_type,
        case
            when deciders.party_id is null then executions.decision_maker_code
            when deciders.party_type = 'legal_entity' then deciders.lei
        end as own_decision_maker_code,
        {%- for column in person_columns %}
            case
                when deciders.party_type = 'natural_person' then deciders.{{ column }}
            end as own_decision_maker_{{ column }},
        {%- endfor %}
        transmitters.has_check_digits as has_transmitter_check_digits,
        transmitters.status as transmitter_lei_status
    from executions
    left join leis as executing
        on
            executions.executing_entity_lei = executing.lei
            and executions.delivery_business_date >= executing.valid_from
            and executions.delivery_business_date < executing.valid_to
    {%- for person in ["investment", "execution"] %}
        left join parties as {{ person }}_persons
            on
                executions.{{ person }}_decision_code = {{ person }}_persons.party_id
                and {{ person }}_persons.party_type = 'natural_person'
                and executions.delivery_business_date >= {{ person }}_persons.valid_from
                and executions.delivery_business_date < {{ person }}_persons.valid_to
    {%- endfor %}
    left join parties as clients
        on
            executions.client_party_id = clients.party_id
            and executions.delivery_business_date >= clients.valid_from
            and executions.delivery_business_date < clients.valid_to
    left join leis as counterparties
        on
            executions.counterparty_code = counterparties.lei
            and executions.delivery_business_date >= counterparties.valid_from
            and executions.delivery_business_date < counterparties.valid_to
    left join venues as counterparty_venues
        on executions.counterparty_code = counterparty_venues.mic
    left join parties as deciders
        on
            executions.decision_maker_code = deciders.party_id
            and executions.delivery_business_date >= deciders.valid_from
            and executions.delivery_business_date < deciders.valid_to
    left join leis as transmitters
        on
            executions.transmitting_firm_lei = transmitters.lei
            and executions.delivery_business_date >= transmitters.valid_from
            and executions.delivery_business_date < transmitters.valid_to
),

final as (
    select
        sides_named.*,
        own_leis.has_check_digits as has_own_check_digits,
        own_leis.status as own_lei_status,
        coalesce(
            sides_named.own_code = sides_named.executing_entity_lei, false
        ) as is_own_executing_entity,
        sides_named.other_code = sides_named.executing_entity_lei as is_other_executing_entity,
        decision_leis.has_check_digits as has_decision_maker_check_digits,
        decision_leis.status as decision_maker_lei_status
    from sides_named
    left join leis as own_leis
        on
            sides_named.own_code = own_leis.lei
            and sides_named.delivery_business_date >= own_leis.valid_from
            and sides_named.delivery_business_date < own_leis.valid_to
    left join leis as decision_leis
        on
            sides_named.own_decision_maker_code = decision_leis.lei
            and sides_named.delivery_business_date >= decision_leis.valid_from
            and sides_named.delivery_business_date < decision_leis.valid_to
)

select * from final
