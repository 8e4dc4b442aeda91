{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with position_sensitivities as (
    select *
    from {{ ref("int_position_sensitivities") }}
    where {{ in_window("business_date") }}
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date and {{ in_window("business_date") }}
),

portfolios as (
    select * from {{ ref("stg_reference__portfolios") }}
),

-- A portfolio without risk has a VaR of zero, not a missing one: it gets a row of zeros.
without_risk as (
    select
        business_dates.business_date,
        portfolios.portfolio_id,
        'IR:USD:1 Mo' as risk_factor_id,
        {{ money("0") }} as delta_usd,
        {{ money("0") }} as gamma_usd
    from business_dates
    cross join portfolios
),

all_sensitivities as (
    select
        business_date,
        portfolio_id,
        risk_factor_id,
        delta_usd,
        gamma_usd
    from position_sensitivities
    union all
    select * from without_risk
),

final as (
    select
        business_date,
        portfolio_id,
        risk_factor_id,
        {{ money("sum(delta_usd)") }} as delta_usd,
        {{ money("sum(gamma_usd)") }} as gamma_usd
    from all_sensitivities
    group by business_date, portfolio_id, risk_factor_id
)

select * from final
