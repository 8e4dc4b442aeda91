{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with exposures as (
    select *
    from {{ ref("fct_exposures_daily") }}
    where {{ in_window("business_date") }}
),

scope_portfolios as (
    select * from {{ ref("int_scope_portfolios") }}
),

scope_exposures as (
    select
        exposures.business_date,
        scope_portfolios.scope_type,
        scope_portfolios.scope_id,
        exposures.exposure_type,
        exposures.exposure_key,
        sum(exposures.gross_usd) as gross_usd,
        sum(exposures.net_usd) as net_usd,
        sum(exposures.long_usd) as long_usd,
        sum(exposures.short_usd) as short_usd
    from exposures
    inner join scope_portfolios on exposures.portfolio_id = scope_portfolios.portfolio_id
    group by
        exposures.business_date,
        scope_portfolios.scope_type,
        scope_portfolios.scope_id,
        exposures.exposure_type,
        exposures.exposure_key
),

-- Shares of nothing do not exist: without any gross exposure they are null.
shares as (
    select
        *,
        cast(gross_usd as double) / nullif(
            cast(
                sum(gross_usd) over (
                    partition by business_date, scope_type, scope_id, exposure_type
                ) as double
            ),
            0
        ) as gross_share,
        row_number() over (
            partition by business_date, scope_type, scope_id, exposure_type
            order by gross_usd desc, exposure_key asc
        ) as size_rank
    from scope_exposures
),

final as (
    select
        business_date,
        scope_type,
        scope_id,
        exposure_type,
        {{ money("sum(gross_usd)") }} as gross_usd,
        {{ money("sum(net_usd)") }} as net_usd,
        {{ money("sum(long_usd)") }} as long_usd,
        {{ money("sum(short_usd)") }} as short_usd,
        cast(count(case when gross_usd <> 0 then 1 end) as int) as keys, -- noqa: RF04
        round(sum(gross_share * gross_share), 12) as hhi,
        max(case when size_rank = 1 and gross_usd <> 0 then exposure_key end) as largest_key,
        round(max(gross_share), 12) as largest_share,
        round(sum(case when size_rank <= 5 then gross_share end), 12) as top_5_share
    from shares
    group by business_date, scope_type, scope_id, exposure_type
)

select * from final
