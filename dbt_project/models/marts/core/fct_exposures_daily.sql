{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with position_exposures as (
    select *
    from {{ ref("int_position_exposures") }}
    where {{ in_window("business_date") }}
),

by_type as (
    select
        business_date,
        portfolio_id,
        'asset_class' as exposure_type,
        asset_class as exposure_key,
        exposure_usd
    from position_exposures
    union all
    select
        business_date,
        portfolio_id,
        'issuer' as exposure_type,
        issuer_lei as exposure_key,
        exposure_usd
    from position_exposures
    where issuer_lei is not null
    union all
    select
        business_date,
        portfolio_id,
        'sector' as exposure_type,
        sector as exposure_key,
        exposure_usd
    from position_exposures
    where sector is not null
    union all
    select
        business_date,
        portfolio_id,
        'country' as exposure_type,
        country as exposure_key,
        exposure_usd
    from position_exposures
    where country is not null
    union all
    select
        business_date,
        portfolio_id,
        'rating' as exposure_type,
        rating as exposure_key,
        exposure_usd
    from position_exposures
    where rating is not null
    union all
    select
        business_date,
        portfolio_id,
        'tenor' as exposure_type,
        tenor_bucket as exposure_key,
        exposure_usd
    from position_exposures
    where tenor_bucket is not null
    union all
    select
        business_date,
        portfolio_id,
        'currency' as exposure_type,
        first_currency as exposure_key,
        first_currency_usd as exposure_usd
    from position_exposures
    where first_currency is not null
    union all
    select
        business_date,
        portfolio_id,
        'currency' as exposure_type,
        second_currency as exposure_key,
        second_currency_usd as exposure_usd
    from position_exposures
    where second_currency is not null
),

final as (
    select
        business_date,
        portfolio_id,
        exposure_type,
        exposure_key,
        {{ money("sum(case when exposure_usd > 0 then exposure_usd else 0 end)") }} as long_usd,
        {{ money("sum(case when exposure_usd < 0 then exposure_usd else 0 end)") }} as short_usd,
        {{ money("sum(abs(exposure_usd))") }} as gross_usd,
        {{ money("sum(exposure_usd)") }} as net_usd
    from by_type
    group by business_date, portfolio_id, exposure_type, exposure_key
)

select * from final
