with funding as (
    select
        funding.as_of_date as reporting_date,
        funding.funding_id,
        {{ money("cast(funding.balance_amount as double) * fx_rates.fx_rate_usd") }}
            as balance_usd
    from {{ ref("stg_treasury__funding") }} as funding
    inner join {{ ref("int_basel_dates") }} as basel_dates
        on funding.as_of_date = basel_dates.reporting_date
    left join {{ ref("int_fx_rates_daily") }} as fx_rates
        on
            funding.as_of_date = fx_rates.business_date
            and funding.currency = fx_rates.currency
),

flows as (
    select
        reporting_date,
        source_row_id,
        sum(balance_usd) as balance_usd,
        count(*) as parts
    from {{ ref("fct_lcr_flows") }}
    where source_model = 'stg_treasury__funding'
    group by reporting_date, source_row_id
)

select
    funding.reporting_date,
    funding.funding_id,
    funding.balance_usd,
    flows.balance_usd as balance_in_flows_usd,
    flows.parts
from funding
left join flows
    on
        funding.reporting_date = flows.reporting_date
        and funding.funding_id = flows.source_row_id
where
    not coalesce(funding.balance_usd = flows.balance_usd, false)
    or flows.parts > 2
