-- For monitoring: no caps, and nobody sets a minimum.
with hqla as (
    select * from {{ ref("fct_hqla") }}
),

flows as (
    select * from {{ ref("fct_lcr_flows") }}
),

parameters as (
    select *
    from {{ ref("int_basel_parameters") }}
    where rule_id = 'LCR40.inflow_cap.share_of_outflows'
),

amounts as (
    select
        reporting_date,
        currency,
        weighted_usd as hqla_usd,
        {{ money("0") }} as outflows_usd,
        {{ money("0") }} as inflows_usd
    from hqla
    where is_eligible
    union all
    select
        reporting_date,
        currency,
        {{ money("0") }} as hqla_usd,
        case when direction = 'outflow' then weighted_usd else {{ money("0") }} end
            as outflows_usd,
        case when direction = 'inflow' then weighted_usd else {{ money("0") }} end as inflows_usd
    from flows
),

totals as (
    select
        reporting_date,
        currency,
        {{ money("sum(hqla_usd)") }} as hqla_usd,
        {{ money("sum(outflows_usd)") }} as outflows_usd,
        {{ money("sum(inflows_usd)") }} as inflows_usd
    from amounts
    group by reporting_date, currency
),

netted as (
    select
        totals.*,
        {{ money(
            "totals.outflows_usd - least(totals.inflows_usd, "
            ~ "cast(cast(totals.outflows_usd as double) * parameters.value as decimal(38, 6)))"
        ) }} as net_outflows_usd
    from totals
    left join parameters on totals.reporting_date = parameters.reporting_date
),

final as (
    select
        reporting_date,
        currency,
        hqla_usd,
        outflows_usd,
        inflows_usd,
        net_outflows_usd,
        round(cast(hqla_usd as double) / nullif(cast(net_outflows_usd as double), 0), 12)
            as lcr_ratio,
        'LCR40.inflow_cap.share_of_outflows' as rule_ids
    from netted
)

select * from final
