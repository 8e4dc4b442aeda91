{%- set areas = ["credit", "counterparty", "capital", "liquidity", "market"] -%}
with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

adoptions as (
    select * from {{ ref("rule_adoptions") }}
),

parameters as (
    {% for area in areas %}
        select * from {{ ref("basel_" ~ area ~ "_parameters") }}
        {{ "union all" if not loop.last }}
    {% endfor %}
),

final as (
    select
        basel_dates.reporting_date,
        basel_dates.jurisdiction,
        parameters.rule_group,
        parameters.rule_id,
        parameters.parameter_key,
        parameters.above,
        parameters.up_to,
        parameters.value,
        parameters.unit,
        parameters.paragraph,
        adoptions.rules_of,
        parameters.basis,
        parameters.valid_from,
        parameters.valid_to
    from basel_dates
    inner join adoptions
        on
            basel_dates.jurisdiction = adoptions.jurisdiction
            and basel_dates.rules_date >= adoptions.valid_from
            and basel_dates.rules_date < coalesce(adoptions.valid_to, cast('9999-01-01' as date))
    inner join parameters
        on
            adoptions.rule_group = parameters.rule_group
            and adoptions.rules_of = parameters.jurisdiction
            and basel_dates.rules_date >= parameters.valid_from
            and basel_dates.rules_date < coalesce(parameters.valid_to, cast('9999-01-01' as date))
)

select * from final
