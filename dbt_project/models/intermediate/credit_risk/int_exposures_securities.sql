with securities as (
    select * from {{ ref("stg_treasury__securities") }}
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

-- A claim takes the issue's own rating before the issuer's.
joined as (
    select
        securities.*,
        obligors.obligor_type,
        obligors.connected_group_id,
        obligors.country,
        obligors.is_private_sector,
        obligors.scra_grade,
        obligors.annual_turnover_eur,
        obligors.default_probability,
        obligors.obligor_id is null as is_obligor_missing,
        obligors.credit_quality_step as issuer_quality_step,
        quality_steps.credit_quality_step as issue_quality_step,
        fx_rates.fx_rate_usd,
        euro_rates.fx_rate_usd as usd_per_eur
    from securities
    inner join basel_dates on securities.as_of_date = basel_dates.reporting_date
    left join obligors
        on
            securities.as_of_date = obligors.reporting_date
            and securities.issuer_id = obligors.obligor_id
    left join quality_steps
        on
            securities.issue_rating = quality_steps.rating
            and securities.as_of_date >= quality_steps.valid_from
            and securities.as_of_date
            < coalesce(quality_steps.valid_to, cast('9999-01-01' as date))
    left join fx_rates
        on
            securities.as_of_date = fx_rates.business_date
            and securities.currency = fx_rates.currency
    left join fx_rates as euro_rates
        on
            securities.as_of_date = euro_rates.business_date
            and euro_rates.currency = 'EUR'
),

final as (
    select {{ credit_exposure({
        "reporting_date": "as_of_date",
        "exposure_id": "security_id",
        "exposure_type": "case when security_type = 'central_bank_reserves' then 'central_bank' when security_type = 'cash' then 'other_asset' when security_type in ('listed_equity', 'unlisted_equity') then 'equity' else 'bond' end",
        "source_model": "'stg_treasury__securities'",
        "source_row_id": "security_id",
        "obligor_id": "issuer_id",
        "obligor_type": "case when security_type = 'central_bank_reserves' then coalesce(obligor_type, 'central_bank') else obligor_type end",
        "connected_group_id": "connected_group_id",
        "country": "coalesce(country, 'XX')",
        "is_private_sector": "security_type <> 'cash' and coalesce(is_private_sector, true)",
        "product_type": "security_type",
        "currency": "currency",
        "usd_per_eur": "usd_per_eur",
        "on_balance_usd": money("cast(carrying_amount as double) * fx_rate_usd"),
        "original_maturity_years": "99",
        "remaining_maturity_years": "greatest(cast(" ~ days_between("as_of_date", "maturity_date") ~ " as double) / 365.25, 0)",
        "credit_quality_step": "case when security_type = 'covered_bond' then issuer_quality_step else coalesce(issue_quality_step, issuer_quality_step) end",
        "issue_quality_step": "issue_quality_step",
        "scra_grade": "scra_grade",
        "annual_turnover_eur": "annual_turnover_eur",
        "is_subordinated": "security_type = 'subordinated_bond'",
        "transaction_kind": "'capital_market'",
        "default_probability": "default_probability",
        "note": "case when is_obligor_missing and security_type not in ('cash', 'central_bank_reserves') then 'the issuer is not known' end",
    }) }}
    from joined
)

select * from final
