with collateral as (
    select * from {{ ref("stg_lending__collateral") }}
),

guarantees as (
    select * from {{ ref("stg_lending__guarantees") }}
),

basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

obligors as (
    select * from {{ ref("int_credit_obligors") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

quality_steps as (
    select * from {{ ref("basel_credit_quality_steps") }}
),

rules as (
    select * from {{ ref("int_credit_scalar_rules") }}
),

funded as (
    select
        collateral.as_of_date as reporting_date,
        collateral.collateral_id as mitigant_id,
        collateral.facility_id as exposure_id,
        'collateral' as mitigant_kind,
        case collateral.collateral_type
            when 'government_bond' then 'sovereign'
            when 'bank_bond' then 'corporate'
            when 'corporate_bond' then 'corporate'
            else collateral.collateral_type
        end as collateral_type,
        quality_steps.credit_quality_step as issue_quality_step,
        collateral.currency,
        {{ money("cast(collateral.market_value as double) * fx_rates.fx_rate_usd") }} as amount_usd,
        cast({{ days_between("collateral.as_of_date", "collateral.maturity_date") }} as double)
        / 365.25 as remaining_maturity_years,
        cast(collateral.revaluation_days as double) as revaluation_days,
        cast(null as string) as guarantor_id,
        cast(null as string) as obligor_type,
        cast(null as int) as credit_quality_step,
        cast(null as string) as scra_grade,
        false as is_sme
    from collateral
    inner join basel_dates on collateral.as_of_date = basel_dates.reporting_date
    left join quality_steps
        on
            collateral.issuer_rating = quality_steps.rating
            and collateral.as_of_date >= quality_steps.valid_from
            and collateral.as_of_date
            < coalesce(quality_steps.valid_to, cast('9999-01-01' as date))
    left join fx_rates
        on
            collateral.as_of_date = fx_rates.business_date
            and collateral.currency = fx_rates.currency
),

unfunded as (
    select
        guarantees.as_of_date as reporting_date,
        guarantees.guarantee_id as mitigant_id,
        guarantees.facility_id as exposure_id,
        'guarantee' as mitigant_kind,
        cast(null as string) as collateral_type,
        cast(null as int) as issue_quality_step,
        guarantees.currency,
        {{ money("cast(guarantees.guaranteed_amount as double) * fx_rates.fx_rate_usd") }}
            as amount_usd,
        cast({{ days_between("guarantees.as_of_date", "guarantees.maturity_date") }} as double)
        / 365.25 as remaining_maturity_years,
        cast(1 as double) as revaluation_days,
        guarantees.guarantor_id,
        obligors.obligor_type,
        obligors.credit_quality_step,
        obligors.scra_grade,
        coalesce(obligors.annual_turnover_eur <= rules.sme_max_turnover_eur, false) as is_sme
    from guarantees
    inner join basel_dates on guarantees.as_of_date = basel_dates.reporting_date
    left join obligors
        on
            guarantees.as_of_date = obligors.reporting_date
            and guarantees.guarantor_id = obligors.obligor_id
    left join rules on guarantees.as_of_date = rules.reporting_date
    left join fx_rates
        on
            guarantees.as_of_date = fx_rates.business_date
            and guarantees.currency = fx_rates.currency
),

mitigants as (
    select * from funded
    union all
    select * from unfunded
),

final as (
    select
        *,
        cast(null as int) as eca_score,
        false as is_short_term,
        false as is_managed_as_retail,
        false as is_transactor
    from mitigants
)

select * from final
