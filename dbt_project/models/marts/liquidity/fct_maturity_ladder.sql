with items as (
    select * from {{ ref("int_maturity_ladder_items") }}
),

securities as (
    select * from {{ ref("int_liquidity_securities") }}
),

buckets as (
    select * from {{ ref("liquidity_ladder_buckets") }}
),

currencies as (
    select distinct
        reporting_date,
        currency
    from items
),

grid as (
    select
        currencies.reporting_date,
        currencies.currency,
        buckets.bucket,
        buckets.bucket_order,
        buckets.up_to_days,
        buckets.is_open_ended
    from currencies
    cross join buckets
),

flows as (
    select
        reporting_date,
        currency,
        bucket,
        sum(case when side = 'asset' then amount_usd else 0 end) as inflow_usd,
        sum(case when side = 'liability' then amount_usd else 0 end) as outflow_usd
    from items
    group by reporting_date, currency, bucket
),

liquid_assets as (
    select
        reporting_date,
        currency,
        days_to_maturity,
        {{ days_between("reporting_date", "encumbered_until") }} as days_encumbered,
        {{ money("cast(market_value_usd as double) * liquidity_factor") }} as weighted_usd
    from securities
    where
        hqla_level is not null
        and is_operationally_eligible
        and security_type not in ('cash', 'central_bank_reserves')
),

-- What could still be sold or pledged at the end of the bucket: not yet matured, no more pledged.
capacity as (
    select
        grid.reporting_date,
        grid.currency,
        grid.bucket,
        sum(liquid_assets.weighted_usd) as capacity_usd
    from grid
    inner join liquid_assets
        on
            grid.reporting_date = liquid_assets.reporting_date
            and grid.currency = liquid_assets.currency
            and (
                liquid_assets.days_to_maturity is null
                or grid.up_to_days < liquid_assets.days_to_maturity
            )
            and (
                liquid_assets.days_encumbered is null
                or grid.up_to_days >= liquid_assets.days_encumbered
            )
    where grid.up_to_days is not null
    group by grid.reporting_date, grid.currency, grid.bucket
),

joined as (
    select
        grid.reporting_date,
        grid.currency,
        grid.bucket,
        grid.bucket_order,
        grid.up_to_days,
        grid.is_open_ended,
        {{ money("coalesce(flows.inflow_usd, 0)") }} as inflow_usd,
        {{ money("coalesce(flows.outflow_usd, 0)") }} as outflow_usd,
        {{ money("coalesce(flows.inflow_usd, 0) - coalesce(flows.outflow_usd, 0)") }} as gap_usd,
        {{ money("coalesce(capacity.capacity_usd, 0)") }} as capacity_usd
    from grid
    left join flows
        on
            grid.reporting_date = flows.reporting_date
            and grid.currency = flows.currency
            and grid.bucket = flows.bucket
    left join capacity
        on
            grid.reporting_date = capacity.reporting_date
            and grid.currency = capacity.currency
            and grid.bucket = capacity.bucket
),

cumulated as (
    select
        *,
        sum(gap_usd) over (
            partition by reporting_date, currency
            order by bucket_order
            rows between unbounded preceding and current row
        ) as running_gap_usd
    from joined
),

final as (
    select
        reporting_date,
        currency,
        bucket,
        cast(bucket_order as int) as bucket_order,
        inflow_usd,
        outflow_usd,
        gap_usd,
        case when not is_open_ended then {{ money("running_gap_usd") }} end
            as cumulative_gap_usd,
        case when up_to_days is not null then capacity_usd end
            as counterbalancing_capacity_usd
    from cumulated
)

select * from final
