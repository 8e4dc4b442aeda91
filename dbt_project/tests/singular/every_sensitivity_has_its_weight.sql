-- A sensitivity that finds no weight would drop out of the charge without a trace: what was held
-- goes in whole, class by class.
with held as (
    select
        sensitivities.business_date as reporting_date,
        case sensitivities.factor_type
            when 'fx' then 'foreign_exchange'
            else sensitivities.factor_type
        end as risk_class,
        sum(sensitivities.delta_usd) as sensitivity_usd
    from {{ ref("fct_position_sensitivities_daily") }} as sensitivities
    inner join {{ ref("int_basel_dates") }} as basel_dates
        on sensitivities.business_date = basel_dates.reporting_date
    where sensitivities.factor_type in ('interest_rate', 'equity', 'fx')
    group by sensitivities.business_date, sensitivities.factor_type
),

weighted as (
    select
        reporting_date,
        risk_class,
        sum(sensitivity_usd) as sensitivity_usd
    from {{ ref("int_sbm_sensitivities") }}
    group by reporting_date, risk_class
)

select
    held.reporting_date,
    held.risk_class,
    held.sensitivity_usd,
    weighted.sensitivity_usd as weighted_usd
from held
left join weighted
    on
        held.reporting_date = weighted.reporting_date
        and held.risk_class = weighted.risk_class
where abs(held.sensitivity_usd - coalesce(weighted.sensitivity_usd, 0)) > 0.01
