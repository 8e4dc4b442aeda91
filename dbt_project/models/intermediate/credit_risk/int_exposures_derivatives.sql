-- Derivatives and repo-style transactions with the exposure that counterparty risk worked out.
with exposures as (
    select * from {{ ref("fct_ccr_exposures") }}
),

obligors as (
    select * from {{ ref("int_credit_obligors") }}
),

fx_rates as (
    select *
    from {{ ref("int_fx_rates_daily") }}
    where currency = 'EUR'
),

joined as (
    select
        exposures.*,
        case
            when exposures.is_qualifying_ccp then 'qualifying_ccp' else obligors.obligor_type
        end as obligor_type,
        obligors.connected_group_id,
        obligors.country,
        obligors.is_private_sector,
        obligors.credit_quality_step,
        obligors.scra_grade,
        obligors.annual_turnover_eur,
        obligors.default_probability,
        obligors.obligor_id is null as is_obligor_missing,
        fx_rates.fx_rate_usd as usd_per_eur
    from exposures
    left join obligors
        on
            exposures.reporting_date = obligors.reporting_date
            and exposures.counterparty_lei = obligors.obligor_id
    left join fx_rates on exposures.reporting_date = fx_rates.business_date
),

final as (
    select {{ credit_exposure({
        "reporting_date": "reporting_date",
        "exposure_id": "'CCR:' || netting_set_id",
        "exposure_type": "case when method = 'sa_ccr' then 'derivative' else 'securities_financing' end",
        "source_model": "'fct_ccr_exposures'",
        "source_row_id": "netting_set_id",
        "obligor_id": "counterparty_lei",
        "obligor_type": "obligor_type",
        "connected_group_id": "connected_group_id",
        "country": "coalesce(country, 'XX')",
        "is_private_sector": "coalesce(is_private_sector, true)",
        "product_type": "case when method = 'sa_ccr' then 'derivative' else 'securities_financing' end",
        "currency": "'USD'",
        "usd_per_eur": "usd_per_eur",
        "on_balance_usd": "ead_usd",
        "original_maturity_years": "99",
        "remaining_maturity_years": "effective_maturity_years",
        "credit_quality_step": "credit_quality_step",
        "scra_grade": "scra_grade",
        "annual_turnover_eur": "annual_turnover_eur",
        "transaction_kind": "'capital_market'",
        "default_probability": "default_probability",
        "note": "case when is_obligor_missing then 'the counterparty is not known' end",
    }) }}
    from joined
)

select * from final
