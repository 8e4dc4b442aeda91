with charges as (
    select * from {{ ref("int_operational_risk_charges") }}
),

final as (
    select
        reporting_date,
        approach,
        first_fiscal_year,
        last_fiscal_year,
        interest_component_usd,
        services_component_usd,
        financial_component_usd,
        business_indicator_usd,
        business_indicator_eur,
        bucket,
        indicator_component_usd,
        loss_years,
        loss_component_usd,
        loss_multiplier,
        capital_usd,
        rwa_usd,
        is_headline,
        note,
        rule_ids
    from charges
)

select * from final
