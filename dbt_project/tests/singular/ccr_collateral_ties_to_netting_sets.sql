-- Names each netting agreement whose collateral, shared among its sets, is not what was delivered.
with exposures as (
    select
        reporting_date,
        margin_agreement_id,
        sum(collateral_usd) as collateral_usd
    from {{ ref("fct_ccr_exposures") }}
    where method = 'sa_ccr' and margin_agreement_id is not null
    group by reporting_date, margin_agreement_id
)

select
    exposures.reporting_date,
    exposures.margin_agreement_id,
    exposures.collateral_usd,
    netting_sets.independent_collateral_usd + netting_sets.variation_margin_usd as delivered_usd
from exposures
left join {{ ref("int_netting_sets") }} as netting_sets
    on
        exposures.reporting_date = netting_sets.reporting_date
        and exposures.margin_agreement_id = netting_sets.netting_set_id
where
    not coalesce(
        abs(
            exposures.collateral_usd
            - netting_sets.independent_collateral_usd
            - netting_sets.variation_margin_usd
        ) <= 0.01,
        false
    )
