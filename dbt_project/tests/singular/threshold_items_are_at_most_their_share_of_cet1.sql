-- Dates on which significant holdings, servicing rights and tax assets that were not deducted are
-- more than their joint share of CET1 after all deductions.
with kept as (
    select
        own_funds.reporting_date,
        sum(own_funds.gross_amount_usd + own_funds.amount_usd) as recognised_usd
    from {{ ref("fct_own_funds") }} as own_funds
    inner join {{ ref("own_funds_treatments") }} as treatments
        on own_funds.item_code = treatments.item_code
    where treatments.treatment = 'threshold'
    group by own_funds.reporting_date
)

select
    kept.reporting_date,
    kept.recognised_usd,
    ratios.amount_usd as cet1_usd,
    rules.value as joint_limit
from kept
inner join {{ ref("fct_capital_ratios") }} as ratios
    on kept.reporting_date = ratios.reporting_date
inner join {{ ref("dim_regulatory_parameters") }} as rules
    on kept.reporting_date = rules.reporting_date
where
    ratios.tier = 'cet1'
    and rules.rule_id = 'CAP30.threshold.joint'
    and cast(kept.recognised_usd as double)
    > greatest(rules.value * cast(ratios.amount_usd as double), 0) + 0.01
