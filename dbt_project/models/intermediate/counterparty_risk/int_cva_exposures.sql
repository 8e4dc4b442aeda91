with exposures as (
    select * from {{ ref("int_saccr_exposures") }}
),

-- Trades with a qualifying central counterparty have no CVA capital (MAR50.5).
netting_sets as (
    select * from {{ ref("int_saccr_netting_sets") }}
    where not is_qualifying_ccp
),

counterparty_versions as (
    select * from {{ ref("int_counterparty_versions") }}
),

sectors as (
    select * from {{ ref("cva_sectors") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

rated as (
    select
        exposures.reporting_date,
        exposures.exposure_set_id,
        netting_sets.counterparty_lei,
        exposures.ead_usd,
        exposures.effective_maturity_years,
        coalesce(sectors.cva_sector, 'other') as cva_sector,
        sectors.cva_sector is null as is_sector_defaulted,
        coalesce(
            lower(replace(replace(counterparty_versions.rating, '+', ''), '-', '')), 'nr'
        ) as rating_letter,
        coalesce(counterparty_versions.is_rating_defaulted, true) as is_rating_missing
    from exposures
    inner join netting_sets
        on
            exposures.reporting_date = netting_sets.reporting_date
            and exposures.exposure_set_id = netting_sets.exposure_set_id
    left join counterparty_versions
        on
            netting_sets.counterparty_lei = counterparty_versions.counterparty_lei
            and exposures.reporting_date >= counterparty_versions.valid_from
            and exposures.reporting_date < counterparty_versions.valid_to
    left join sectors
        on
            counterparty_versions.counterparty_type = sectors.counterparty_type
            and counterparty_versions.sector = sectors.sector
),

named as (
    select
        *,
        'MAR50.risk_weight.' || cva_sector || '.'
        || case
            when rating_letter in ('aaa', 'aa', 'a', 'bbb') then 'investment_grade'
            else 'high_yield_or_unrated'
        end as reduced_rule_id,
        'CVA.standardised_weight.'
        || case
            when rating_letter = 'nr' then 'unrated'
            when rating_letter in ('cc', 'c', 'd') then 'ccc'
            else rating_letter
        end as standardised_rule_id
    from rated
),

final as (
    select
        named.reporting_date,
        named.exposure_set_id,
        named.counterparty_lei,
        named.ead_usd,
        named.effective_maturity_years,
        named.cva_sector,
        named.is_sector_defaulted,
        named.is_rating_missing,
        named.reduced_rule_id,
        reduced.value as reduced_weight,
        named.standardised_rule_id,
        standardised.value as standardised_weight
    from named
    left join parameters as reduced
        on
            named.reporting_date = reduced.reporting_date
            and named.reduced_rule_id = reduced.rule_id
    left join parameters as standardised
        on
            named.reporting_date = standardised.reporting_date
            and named.standardised_rule_id = standardised.rule_id
)

select * from final
