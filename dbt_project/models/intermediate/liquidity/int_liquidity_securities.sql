-- Securities of both books with the level of liquid assets their type, issuer and rating give them.
with securities as (
    select * from {{ ref("stg_treasury__securities") }}
),

positions as (
    select * from {{ ref("fct_positions_daily") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

counterparties as (
    select * from {{ ref("int_liquidity_counterparties") }}
),

hqla_rules as (
    select * from {{ ref("int_hqla_rules") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

hqla_types as (
    select distinct
        reporting_date,
        security_type
    from hqla_rules
),

banking_book as (
    select
        securities.as_of_date as reporting_date,
        'banking' as book,
        'stg_treasury__securities' as source_model,
        securities.security_id as source_row_id,
        securities.security_name,
        securities.security_type,
        securities.issuer_id,
        securities.currency,
        securities.maturity_date,
        securities.issue_rating,
        securities.is_operationally_eligible,
        securities.encumbered_until,
        {{ money("cast(securities.fair_value as double) * fx_rates.fx_rate_usd") }}
            as market_value_usd,
        {{ money("cast(securities.carrying_amount as double) * fx_rates.fx_rate_usd") }}
            as carrying_usd
    from securities
    left join fx_rates
        on
            securities.as_of_date = fx_rates.business_date
            and securities.currency = fx_rates.currency
),

-- Bonds and shares that the desks hold long: treasury does not control them.
trading_book as (
    select
        positions.business_date as reporting_date,
        'trading' as book,
        'fct_positions_daily' as source_model,
        positions.portfolio_id || ' ' || positions.instrument_id as source_row_id,
        instruments.instrument_name as security_name,
        case positions.instrument_type
            when 'equity' then 'listed_equity'
            else positions.instrument_type
        end as security_type,
        instruments.issuer_lei as issuer_id,
        positions.currency,
        instruments.maturity_date,
        cast(null as string) as issue_rating,
        false as is_operationally_eligible,
        cast(null as date) as encumbered_until,
        positions.market_value_usd,
        positions.market_value_usd as carrying_usd
    from positions
    inner join instruments on positions.instrument_id = instruments.instrument_id
    where
        positions.instrument_type in ('equity', 'government_bond')
        and positions.market_value_usd > 0
),

both_books as (
    select * from banking_book
    union all
    select * from trading_book
),

described as (
    select
        both_books.*,
        coalesce(counterparties.obligor_type, 'unknown') as issuer_type,
        coalesce(counterparties.liquidity_class, 'unknown') as issuer_class,
        coalesce(both_books.issue_rating, counterparties.rating) as rating,
        both_books.issue_rating is null and counterparties.rating is not null
            as is_rating_of_issuer,
        {{ days_between("both_books.reporting_date", "both_books.maturity_date") }}
            as days_to_maturity
    from both_books
    inner join basel_dates on both_books.reporting_date = basel_dates.reporting_date
    left join counterparties
        on
            both_books.reporting_date = counterparties.reporting_date
            and both_books.issuer_id = counterparties.counterparty_id
),

ranked as (
    select
        described.*,
        rating_ranks.value as rating_rank,
        described.security_type in ('corporate_bond', 'listed_equity')
        and described.issuer_class in ('bank', 'other_financial') as is_issuer_financial
    from described
    left join parameters as rating_ranks
        on
            described.reporting_date = rating_ranks.reporting_date
            and rating_ranks.rule_group = 'LCR30.rating_rank'
            and described.rating = rating_ranks.parameter_key
),

final as (
    select
        ranked.reporting_date,
        ranked.book,
        ranked.source_model,
        ranked.source_row_id,
        ranked.security_name,
        ranked.security_type,
        ranked.issuer_id,
        ranked.issuer_type,
        ranked.issuer_class,
        ranked.is_issuer_financial,
        ranked.currency,
        ranked.maturity_date,
        ranked.days_to_maturity,
        ranked.rating,
        ranked.is_rating_of_issuer,
        ranked.is_operationally_eligible,
        ranked.encumbered_until,
        coalesce(ranked.encumbered_until > ranked.reporting_date, false) as is_encumbered,
        ranked.market_value_usd,
        ranked.carrying_usd,
        case when not ranked.is_issuer_financial then hqla_rules.hqla_level end as hqla_level,
        case when not ranked.is_issuer_financial then hqla_rules.liquidity_factor end
            as liquidity_factor,
        case when not ranked.is_issuer_financial then hqla_rules.hqla_rule_id end as hqla_rule_id,
        hqla_types.security_type is not null as is_type_of_hqla
    from ranked
    left join hqla_types
        on
            ranked.reporting_date = hqla_types.reporting_date
            and ranked.security_type = hqla_types.security_type
    left join hqla_rules
        on
            ranked.reporting_date = hqla_rules.reporting_date
            and ranked.security_type = hqla_rules.security_type
            and (
                hqla_rules.rating_rank_up_to is null
                or (
                    ranked.rating_rank > coalesce(hqla_rules.rating_rank_above, 0)
                    and ranked.rating_rank <= hqla_rules.rating_rank_up_to
                )
            )
)

select * from final
