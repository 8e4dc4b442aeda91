-- Published par yields; a business day without a curve takes the whole of the last one, never
-- single tenors of it.
with treasury_par_yields as (
    select *
    from {{ ref("stg_market_data__treasury_par_yields") }}
    where par_yield_pct is not null
),

business_dates as (
    select * from {{ ref("int_business_dates") }}
),

published_curves as (
    select distinct
        'USD' as currency,
        curve_date
    from treasury_par_yields
),

source_dates as (
    {{ latest_source_dates("published_curves", "business_dates", ["currency"], "curve_date") }}
),

final as (
    select
        source_dates.business_date,
        source_dates.currency,
        treasury_par_yields.tenor,
        cast(treasury_par_yields.par_yield_pct as double) as par_yield_pct,
        source_dates.source_date,
        source_dates.source_date < source_dates.business_date as is_curve_stale
    from source_dates
    inner join treasury_par_yields on source_dates.source_date = treasury_par_yields.curve_date
)

select * from final
