with contributions as (
    select * from {{ ref("int_cva_contributions") }}
),

exposures as (
    select * from {{ ref("int_cva_exposures") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

-- A counterparty has one sector and one rating on a date, whatever its netting sets.
counterparties as (
    select
        reporting_date,
        counterparty_lei,
        max(cva_sector) as cva_sector,
        max(case when is_sector_defaulted then 1 else 0 end) = 1 as is_sector_defaulted,
        max(case when is_rating_missing then 1 else 0 end) = 1 as is_rating_missing,
        max(reduced_rule_id) as reduced_rule_id,
        max(reduced_weight) as reduced_weight,
        max(standardised_rule_id) as standardised_rule_id,
        max(standardised_weight) as standardised_weight
    from exposures
    group by reporting_date, counterparty_lei
),

headlines as (
    select
        reporting_date,
        parameter_key as method,
        rule_id,
        value = 1 as is_headline
    from parameters
    where rule_group = 'CVA.headline'
),

multiples as (
    select
        reporting_date,
        value as rwa_multiple
    from parameters
    where rule_id = 'CVA.rwa.multiple'
),

final as (
    select
        contributions.reporting_date,
        contributions.method,
        contributions.counterparty_lei,
        headlines.is_headline,
        counterparties.cva_sector,
        counterparties.is_sector_defaulted,
        counterparties.is_rating_missing,
        case contributions.method
            when 'reduced_basic' then counterparties.reduced_rule_id
            else counterparties.standardised_rule_id
        end as risk_weight_rule_id,
        case contributions.method
            when 'reduced_basic' then counterparties.reduced_weight
            else counterparties.standardised_weight
        end as risk_weight,
        contributions.ead_usd,
        contributions.standalone_usd as standalone_capital_usd,
        contributions.capital_usd,
        {{ money("cast(contributions.capital_usd as double) * multiples.rwa_multiple") }}
            as rwa_usd,
        case contributions.method
            when 'reduced_basic'
                then
                    concat_ws(
                        '; ',
                        'CRE52.exposure.alpha',
                        headlines.rule_id,
                        'CVA.rwa.multiple',
                        'MAR50.reduced.correlation',
                        'MAR50.reduced.discount_rate',
                        'MAR50.reduced.discount_scalar',
                        counterparties.reduced_rule_id
                    )
            else
                concat_ws(
                    '; ',
                    headlines.rule_id,
                    'CVA.rwa.multiple',
                    'CVA.standardised.confidence_multiplier',
                    'CVA.standardised.discount_rate',
                    'CVA.standardised.horizon',
                    'CVA.standardised.systematic_share',
                    counterparties.standardised_rule_id
                )
        end as rule_ids
    from contributions
    inner join counterparties
        on
            contributions.reporting_date = counterparties.reporting_date
            and contributions.counterparty_lei = counterparties.counterparty_lei
    inner join headlines
        on
            contributions.reporting_date = headlines.reporting_date
            and contributions.method = headlines.method
    left join multiples on contributions.reporting_date = multiples.reporting_date
)

select * from final
