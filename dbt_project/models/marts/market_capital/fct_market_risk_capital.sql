with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

contributions as (
    select * from {{ ref("fct_sbm_delta_contributions") }}
),

internal_model as (
    select * from {{ ref("fct_internal_model_capital") }}
),

risk_classes as (
    select 'interest_rate' as risk_class
    union all
    select 'credit_spread' as risk_class
    union all
    select 'equity' as risk_class
    union all
    select 'foreign_exchange' as risk_class
),

by_class as (
    select
        reporting_date,
        risk_class,
        scenario,
        {{ money("sum(contribution_usd)") }} as capital_usd,
        {{ money("sum(rwa_usd)") }} as rwa_usd
    from contributions
    group by reporting_date, risk_class, scenario
),

sbm_delta as (
    select
        basel_dates.reporting_date,
        'sbm_delta' as approach,
        risk_classes.risk_class as component,
        coalesce(by_class.capital_usd, {{ money("0") }}) as capital_usd,
        coalesce(by_class.rwa_usd, {{ money("0") }}) as rwa_usd,
        true as is_headline,
        case
            when by_class.risk_class is null then 'no sensitivities on the date'
            else
                by_class.scenario || ' correlations; delta only, without vega, curvature, default'
                || ' risk charge and residual risk add-on'
        end as note
    from basel_dates
    cross join risk_classes
    left join by_class
        on
            basel_dates.reporting_date = by_class.reporting_date
            and risk_classes.risk_class = by_class.risk_class
),

modelled as (
    select
        basel_dates.reporting_date,
        'internal_model' as approach,
        'imcc' as component,
        internal_model.capital_usd,
        internal_model.rwa_usd,
        false as is_headline,
        coalesce(
            internal_model.note,
            'for comparison; every factor taken as modellable, without default risk charge'
        ) as note
    from basel_dates
    left join internal_model on basel_dates.reporting_date = internal_model.reporting_date
),

final as (
    select * from sbm_delta
    union all
    select * from modelled
)

select * from final
