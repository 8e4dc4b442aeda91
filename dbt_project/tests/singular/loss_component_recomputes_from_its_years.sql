-- Charges whose loss component is not the multiple of the mean of the years that are shown for it.
with years as (
    select
        losses.reporting_date,
        count(*) as loss_years,
        avg(cast(losses.net_loss_eur as double)) * max(multiple.value) as loss_component_eur
    from {{ ref("fct_operational_losses_annual") }} as losses
    inner join {{ ref("dim_regulatory_parameters") }} as multiple
        on losses.reporting_date = multiple.reporting_date
    where multiple.rule_id = 'OPE25.loss_component.multiple'
    group by losses.reporting_date
)

select
    charges.reporting_date,
    charges.loss_years,
    charges.loss_component_usd,
    years.loss_component_eur
from {{ ref("fct_operational_risk_capital") }} as charges
left join years on charges.reporting_date = years.reporting_date
where
    charges.approach = 'standardised'
    and not coalesce(
        charges.loss_years = years.loss_years
        and abs(
            cast(charges.loss_component_usd as double)
            - years.loss_component_eur
            * cast(charges.business_indicator_usd as double)
            / cast(charges.business_indicator_eur as double)
        ) < 1,
        charges.loss_component_usd is null and years.loss_years is null
    )
