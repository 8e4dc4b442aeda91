with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

equities as (
    select *
    from {{ ref("int_instruments") }}
    where instrument_type = 'equity'
),

counterparties as (
    select * from {{ ref("int_counterparty_versions") }}
),

market_caps as (
    select * from {{ ref("equity_market_caps") }}
),

advanced_economies as (
    select * from {{ ref("advanced_economies") }}
),

sector_buckets as (
    select * from {{ ref("equity_sector_buckets") }}
),

residual_buckets as (
    select *
    from {{ ref("frtb_equity_buckets") }}
    where is_residual
),

described as (
    select
        basel_dates.reporting_date,
        basel_dates.rules_date,
        equities.instrument_id,
        equities.issuer_lei,
        counterparties.counterparty_name as issuer_name,
        counterparties.sector,
        counterparties.country,
        advanced_economies.country is not null as is_advanced_economy,
        market_caps.market_cap
    from basel_dates
    cross join equities
    left join counterparties
        on
            equities.issuer_lei = counterparties.counterparty_lei
            and basel_dates.reporting_date >= counterparties.valid_from
            and basel_dates.reporting_date < counterparties.valid_to
    left join advanced_economies
        on
            counterparties.country = advanced_economies.country
            and basel_dates.rules_date >= advanced_economies.valid_from
            and (
                advanced_economies.valid_to is null
                or basel_dates.rules_date < advanced_economies.valid_to
            )
    left join market_caps
        on
            equities.instrument_id = market_caps.instrument_id
            and basel_dates.reporting_date >= market_caps.valid_from
            and (
                market_caps.valid_to is null
                or basel_dates.reporting_date < market_caps.valid_to
            )
),

-- A share whose sector or size nobody knows belongs into the residual bucket.
final as (
    select
        described.reporting_date,
        described.instrument_id,
        described.issuer_lei,
        described.issuer_name,
        described.sector,
        described.country,
        described.is_advanced_economy,
        described.market_cap,
        coalesce(sector_buckets.bucket, residual_buckets.bucket) as bucket,
        sector_buckets.bucket is null as is_bucket_defaulted
    from described
    inner join residual_buckets
        on
            described.rules_date >= residual_buckets.valid_from
            and (
                residual_buckets.valid_to is null
                or described.rules_date < residual_buckets.valid_to
            )
    left join sector_buckets
        on
            described.sector = sector_buckets.sector
            and described.is_advanced_economy = sector_buckets.is_advanced_economy
            and described.market_cap = sector_buckets.market_cap
            and described.rules_date >= sector_buckets.valid_from
            and (
                sector_buckets.valid_to is null
                or described.rules_date < sector_buckets.valid_to
            )
)

select * from final
