-- Everybody who owes the bank or lends to it on a reporting date, and how LCR and NSFR see them.
with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

obligor_versions as (
    select * from {{ ref("int_obligor_versions") }}
),

counterparty_versions as (
    select * from {{ ref("int_counterparty_versions") }}
),

customers as (
    select * from {{ ref("stg_banking__customers") }}
),

facilities as (
    select * from {{ ref("stg_lending__credit_facilities") }}
),

securities as (
    select * from {{ ref("stg_treasury__securities") }}
),

securities_financing as (
    select * from {{ ref("stg_treasury__securities_financing") }}
),

funding as (
    select * from {{ ref("stg_treasury__funding") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

funding_in_euro as (
    select
        funding.as_of_date,
        funding.provider_id,
        sum(
            {{ money(
                "cast(funding.balance_amount as double) * fx_rates.fx_rate_usd"
                ~ " / euro_rates.fx_rate_usd"
            ) }}
        ) as funding_eur
    from funding
    inner join fx_rates
        on
            funding.as_of_date = fx_rates.business_date
            and funding.currency = fx_rates.currency
    inner join fx_rates as euro_rates
        on
            funding.as_of_date = euro_rates.business_date
            and euro_rates.currency = 'EUR'
    where funding.provider_id is not null
    group by funding.as_of_date, funding.provider_id
),

mentioned as (
    select
        as_of_date,
        obligor_id as counterparty_id
    from facilities
    union distinct
    select
        as_of_date,
        issuer_id as counterparty_id
    from securities
    where issuer_id is not null
    union distinct
    select
        as_of_date,
        counterparty_lei as counterparty_id
    from securities_financing
    union distinct
    select
        as_of_date,
        provider_id as counterparty_id
    from funding
    where provider_id is not null
    union distinct
    select
        basel_dates.reporting_date as as_of_date,
        instruments.issuer_lei as counterparty_id
    from basel_dates
    cross join instruments
    where instruments.issuer_lei is not null
),

described as (
    select
        basel_dates.reporting_date,
        mentioned.counterparty_id,
        coalesce(
            obligor_versions.obligor_type,
            counterparty_versions.counterparty_type,
            case customers.customer_type
                when 'retail' then 'individual'
                when 'corporate' then 'corporate'
            end
        ) as obligor_type,
        counterparty_versions.sector,
        case
            when counterparty_versions.counterparty_lei is not null
                then
                    case
                        when not counterparty_versions.is_rating_defaulted
                            then counterparty_versions.rating
                    end
            else obligor_versions.external_rating
        end as rating,
        obligor_versions.annual_turnover_eur,
        funding_in_euro.funding_eur
    from mentioned
    inner join basel_dates on mentioned.as_of_date = basel_dates.reporting_date
    left join obligor_versions
        on
            mentioned.counterparty_id = obligor_versions.obligor_id
            and mentioned.as_of_date >= obligor_versions.valid_from
            and mentioned.as_of_date < obligor_versions.valid_to
    left join counterparty_versions
        on
            mentioned.counterparty_id = counterparty_versions.counterparty_lei
            and mentioned.as_of_date >= counterparty_versions.valid_from
            and mentioned.as_of_date < counterparty_versions.valid_to
    left join customers on mentioned.counterparty_id = customers.customer_id
    left join funding_in_euro
        on
            mentioned.as_of_date = funding_in_euro.as_of_date
            and mentioned.counterparty_id = funding_in_euro.provider_id
),

final as (
    select
        described.reporting_date,
        described.counterparty_id,
        coalesce(described.obligor_type, 'unknown') as obligor_type,
        described.obligor_type is null as is_type_missing,
        case
            when described.obligor_type is null then 'unknown'
            when described.obligor_type = 'individual' then 'retail'
            when described.obligor_type = 'bank' then 'bank'
            when described.obligor_type in ('broker', 'insurer', 'fund') then 'other_financial'
            when described.obligor_type = 'central_bank' then 'central_bank'
            when
                described.obligor_type in ('sovereign', 'public_sector', 'multilateral_bank')
                then 'public_sector'
            when described.sector = 'Financials' then 'other_financial'
            when
                described.annual_turnover_eur <= turnover_limits.value
                and coalesce(described.funding_eur, 0) < funding_limits.value
                then 'small_business'
            else 'non_financial'
        end as liquidity_class,
        described.rating,
        cast(rating_ranks.value as int) as rating_rank,
        described.annual_turnover_eur,
        coalesce(described.funding_eur, 0) as funding_eur
    from described
    left join parameters as turnover_limits
        on
            described.reporting_date = turnover_limits.reporting_date
            and turnover_limits.rule_group = 'LCR40.small_business'
            and turnover_limits.parameter_key = 'turnover_up_to'
    left join parameters as funding_limits
        on
            described.reporting_date = funding_limits.reporting_date
            and funding_limits.rule_group = 'LCR40.small_business'
            and funding_limits.parameter_key = 'funding_below'
    left join parameters as rating_ranks
        on
            described.reporting_date = rating_ranks.reporting_date
            and rating_ranks.rule_group = 'LCR30.rating_rank'
            and described.rating = rating_ranks.parameter_key
)

select * from final
