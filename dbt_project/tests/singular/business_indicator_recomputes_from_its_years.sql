-- Charges whose business indicator is not the mean of the years that are shown for it.
with indicator_years as (
    select * from {{ ref("fct_business_indicator_years") }}
),

means as (
    select
        reporting_date,
        avg(cast(interest_margin_usd as double)) as interest_margin_usd,
        avg(cast(interest_earning_assets_usd as double)) as interest_earning_assets_usd,
        avg(cast(dividend_income_usd as double)) as dividend_income_usd,
        avg(cast(other_operating_income_usd as double)) as other_operating_income_usd,
        avg(cast(other_operating_expense_usd as double)) as other_operating_expense_usd,
        avg(cast(fee_income_usd as double)) as fee_income_usd,
        avg(cast(fee_expense_usd as double)) as fee_expense_usd,
        avg(cast(trading_book_result_usd as double)) as trading_book_result_usd,
        avg(cast(banking_book_result_usd as double)) as banking_book_result_usd
    from indicator_years
    group by reporting_date
),

recomputed as (
    select
        means.reporting_date,
        least(
            means.interest_margin_usd, means.interest_earning_assets_usd * rules.value
        )
        + means.dividend_income_usd
        + greatest(means.other_operating_income_usd, means.other_operating_expense_usd)
        + greatest(means.fee_income_usd, means.fee_expense_usd)
        + means.trading_book_result_usd
        + means.banking_book_result_usd as business_indicator_usd
    from means
    inner join {{ ref("dim_regulatory_parameters") }} as rules
        on means.reporting_date = rules.reporting_date
    where rules.rule_id = 'OPE25.business_indicator.interest_margin_cap'
)

select
    charges.reporting_date,
    charges.business_indicator_usd,
    recomputed.business_indicator_usd as recomputed_usd
from {{ ref("fct_operational_risk_capital") }} as charges
left join recomputed on charges.reporting_date = recomputed.reporting_date
where
    charges.approach = 'standardised'
    and not coalesce(
        abs(
            cast(charges.business_indicator_usd as double) - recomputed.business_indicator_usd
        ) < 0.01,
        false
    )
