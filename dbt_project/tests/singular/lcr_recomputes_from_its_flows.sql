with flows as (
    select
        reporting_date,
        sum(case when direction = 'outflow' then weighted_usd else 0 end) as outflows_usd,
        sum(case when direction = 'inflow' then weighted_usd else 0 end) as inflows_usd
    from {{ ref("fct_lcr_flows") }}
    group by reporting_date
),

contributions as (
    select
        reporting_date,
        sum(case when measure = 'hqla' then amount else 0 end) as hqla_usd,
        sum(
            case
                when measure = 'lcr_weighted' and item like 'inflow%' then -amount
                when measure = 'lcr_weighted' then amount
                else 0
            end
        ) as net_outflows_usd
    from {{ ref("int_contributions_liquidity") }}
    group by reporting_date
)

select
    lcr.reporting_date,
    lcr.outflows_usd,
    flows.outflows_usd as outflows_of_flows_usd,
    lcr.inflows_usd,
    flows.inflows_usd as inflows_of_flows_usd,
    lcr.hqla_usd,
    contributions.hqla_usd as hqla_of_contributions_usd,
    lcr.net_outflows_usd,
    contributions.net_outflows_usd as net_outflows_of_contributions_usd
from {{ ref("fct_lcr") }} as lcr
left join flows on lcr.reporting_date = flows.reporting_date
left join contributions on lcr.reporting_date = contributions.reporting_date
where
    lcr.outflows_usd <> coalesce(flows.outflows_usd, 0)
    or lcr.inflows_usd <> coalesce(flows.inflows_usd, 0)
    or lcr.hqla_usd <> coalesce(contributions.hqla_usd, 0)
    or lcr.net_outflows_usd <> coalesce(contributions.net_outflows_usd, 0)
