with amounts as (
    select * from {{ ref("int_capital_amounts") }}
),

risk_weighted as (
    select
        reporting_date,
        {{ money("sum(rwa_usd)") }} as rwa_usd
    from {{ ref("int_basel_rwa") }}
    group by reporting_date
),

buffers as (
    select * from {{ ref("int_capital_buffer_rates") }}
),

own_funds as (
    select * from {{ ref("stg_ledger__own_funds") }}
),

information as (
    select
        as_of_date as reporting_date,
        max(case when item_code = 'distributable_profit_12m' then {{ money("amount") }} end)
            as distributable_profit_usd,
        max(case when item_code = 'planned_distributions' then {{ money("amount") }} end)
            as planned_distributions_usd
    from own_funds
    group by as_of_date
),

final as (
    select
        amounts.reporting_date,
        amounts.cet1_usd,
        amounts.t1_usd,
        amounts.total_usd,
        risk_weighted.rwa_usd,
        buffers.combined_buffer_rate,
        information.distributable_profit_usd,
        information.planned_distributions_usd
    from amounts
    inner join risk_weighted on amounts.reporting_date = risk_weighted.reporting_date
    inner join buffers on amounts.reporting_date = buffers.reporting_date
    left join information on amounts.reporting_date = information.reporting_date
)

select * from final
