with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

sensitivities as (
    select * from {{ ref("fct_position_sensitivities_daily") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

counterparties as (
    select * from {{ ref("int_counterparty_versions") }}
),

equity_buckets as (
    select * from {{ ref("int_equity_buckets") }}
),

tenor_weights as (
    select * from {{ ref("int_sbm_tenor_weights") }}
),

held as (
    select
        basel_dates.reporting_date,
        sensitivities.instrument_id,
        sensitivities.risk_factor_id,
        sensitivities.factor_type,
        -- The third part of the name of a curve's node is its tenor: IR:USD:5 Yr.
        substr(sensitivities.risk_factor_id, 4, 3) as currency,
        {{ money("sum(sensitivities.delta_usd)") }} as delta_usd
    from basel_dates
    inner join sensitivities on basel_dates.reporting_date = sensitivities.business_date
    group by
        basel_dates.reporting_date,
        sensitivities.instrument_id,
        sensitivities.risk_factor_id,
        sensitivities.factor_type
),

interest_rate as (
    select
        held.reporting_date,
        'interest_rate' as risk_class,
        held.currency as bucket,
        'IR:' || held.currency as qualifier,
        'zero_rate' as factor,
        tenor_weights.tenor_years,
        held.currency,
        false as is_bucket_defaulted,
        {{ money("cast(held.delta_usd as double) * tenor_weights.tenor_weight") }} as delta_usd
    from held
    inner join tenor_weights
        on
            held.reporting_date = tenor_weights.reporting_date
            and held.risk_factor_id = tenor_weights.risk_factor_id
            and tenor_weights.risk_class = 'interest_rate'
    where held.factor_type = 'interest_rate'
),

-- A bond falls as much when its issuer's spread rises as when the zero rate does.
credit_spread as (
    select
        held.reporting_date,
        'credit_spread' as risk_class,
        case
            when counterparties.rating like 'A%' or counterparties.rating like 'BBB%' then '1'
            else '9'
        end as bucket,
        coalesce(instruments.issuer_lei, instruments.instrument_id) as qualifier,
        'bond' as factor,
        tenor_weights.tenor_years,
        held.currency,
        counterparties.rating is null as is_bucket_defaulted,
        {{ money("cast(held.delta_usd as double) * tenor_weights.tenor_weight") }} as delta_usd
    from held
    inner join instruments on held.instrument_id = instruments.instrument_id
    inner join tenor_weights
        on
            held.reporting_date = tenor_weights.reporting_date
            and held.risk_factor_id = tenor_weights.risk_factor_id
            and tenor_weights.risk_class = 'credit_spread'
    left join counterparties
        on
            instruments.issuer_lei = counterparties.counterparty_lei
            and held.reporting_date >= counterparties.valid_from
            and held.reporting_date < counterparties.valid_to
    where held.factor_type = 'interest_rate' and instruments.instrument_type = 'government_bond'
),

equity as (
    select
        held.reporting_date,
        'equity' as risk_class,
        equity_buckets.bucket,
        coalesce(equity_buckets.issuer_lei, equity_buckets.instrument_id) as qualifier,
        'spot' as factor,
        cast(null as double) as tenor_years,
        cast(null as string) as currency,
        equity_buckets.is_bucket_defaulted,
        held.delta_usd
    from held
    inner join equity_buckets
        on
            held.reporting_date = equity_buckets.reporting_date
            and held.risk_factor_id = equity_buckets.instrument_id
    where held.factor_type = 'equity'
),

foreign_exchange as (
    select
        reporting_date,
        'foreign_exchange' as risk_class,
        currency as bucket,
        currency as qualifier,
        'spot' as factor,
        cast(null as double) as tenor_years,
        currency,
        false as is_bucket_defaulted,
        delta_usd
    from held
    where factor_type = 'fx'
),

all_classes as (
    select * from interest_rate
    union all
    select * from credit_spread
    union all
    select * from equity
    union all
    select * from foreign_exchange
),

final as (
    select
        reporting_date,
        risk_class,
        bucket,
        qualifier,
        factor,
        tenor_years,
        currency,
        is_bucket_defaulted,
        {{ money("sum(delta_usd)") }} as sensitivity_usd
    from all_classes
    group by
        reporting_date,
        risk_class,
        bucket,
        qualifier,
        factor,
        tenor_years,
        currency,
        is_bucket_defaulted
)

select * from final
