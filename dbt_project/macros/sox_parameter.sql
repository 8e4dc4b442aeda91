{#- Without a value in force there is no item, so that the control counts as not tested and not as effective. -#}
{% macro sox_parameter(parameter, on_date) -%}
    inner join {{ ref("sox_parameters") }} as parameters
        on
            parameters.parameter = '{{ parameter }}'
            and {{ on_date }} >= parameters.valid_from
            and {{ on_date }} < coalesce(parameters.valid_to, cast('9999-01-01' as date))
{%- endmacro %}

{#- Columns of a control's item in their order and types. -#}
{% macro sox_control_item(
    control_id, item_id, item_date, is_exception, reason, detail, person="null", amount_usd="null"
) -%}
    cast('{{ control_id }}' as string) as control_id,
        cast({{ item_id }} as string) as item_id,
        cast({{ item_date }} as date) as item_date,
        cast({{ person }} as string) as person,
        cast({{ amount_usd }} as decimal(38, 6)) as amount_usd,
        cast({{ is_exception }} as boolean) as is_exception,
        case when {{ is_exception }} then {{ reason }} end as reason,
        cast({{ detail }} as string) as detail
{%- endmacro %}
