with own_funds as (
    select * from {{ ref("stg_ledger__own_funds") }}
),

treatments as (
    select * from {{ ref("own_funds_treatments") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

valued as (
    select
        own_funds.as_of_date as reporting_date,
        own_funds.item_code,
        treatments.item_order,
        treatments.tier,
        treatments.treatment,
        treatments.explanation,
        treatments.rule_id,
        parameters.value as rule_share,
        {{ money("own_funds.amount") }} as gross_amount_usd,
        own_funds.delivery_id,
        own_funds.delivery_line
    from own_funds
    inner join treatments on own_funds.item_code = treatments.item_code
    left join parameters
        on
            own_funds.as_of_date = parameters.reporting_date
            and treatments.rule_id = parameters.rule_id
),

final as (
    select
        *,
        case
            when treatment = 'include'
                then {{ money("cast(gross_amount_usd as double) * rule_share") }}
            when treatment = 'deduct'
                then {{ money("-cast(gross_amount_usd as double) * rule_share") }}
        end as amount_usd
    from valued
)

select * from final
