with executions as (
    select * from {{ ref("stg_execution__executions") }}
),

instruments as (
    select * from {{ ref("int_mifid_instrument_versions") }}
),

admissions as (
    select * from {{ ref("stg_reference__instrument_admissions") }}
),

venues as (
    select
        markets.mic,
        markets.country
    from {{ ref("iso_market_identifiers") }} as markets
    inner join {{ ref("mifid_venue_categories") }} as categories
        on
            markets.category = categories.category
            and categories.is_trading_venue
),

eea_countries as (
    select * from {{ ref("eea_countries") }}
),

traded as (
    select distinct
        instrument_id,
        isin,
        underlying_isin,
        trade_date,
        delivery_business_date as reporting_date
    from executions
),

traded_isins as (
    select
        isin,
        trade_date,
        reporting_date
    from traded
    where isin is not null
    union distinct
    select
        underlying_isin as isin,
        trade_date,
        reporting_date
    from traded
    where underlying_isin is not null
    union distinct
    select
        instruments.isin,
        traded.trade_date,
        traded.reporting_date
    from traded
    inner join instruments
        on
            traded.instrument_id = instruments.instrument_id
            and traded.reporting_date >= instruments.valid_from
            and traded.reporting_date < instruments.valid_to
    where instruments.isin is not null
    union distinct
    select
        underlyings.isin,
        traded.trade_date,
        traded.reporting_date
    from traded
    inner join instruments
        on
            traded.instrument_id = instruments.instrument_id
            and traded.reporting_date >= instruments.valid_from
            and traded.reporting_date < instruments.valid_to
    inner join instruments as underlyings
        on
            instruments.underlying_instrument_id = underlyings.instrument_id
            and traded.reporting_date >= underlyings.valid_from
            and traded.reporting_date < underlyings.valid_to
    where underlyings.isin is not null
),

isins_spelled as (
    select
        isin,
        case
            when {{ matches_pattern("isin", "[A-Z]{2}[A-Z0-9]{9}[0-9]") }}
                then {{ letters_as_numbers("isin", 24) }}
        end as digits
    from (select distinct isin from traded_isins) as isins
),

isins_checked as (
    select
        isin,
        coalesce(({{ luhn_sum("digits") }}) % 10 = 0, false) as has_check_digit
    from isins_spelled
),

admission_versions as (
    select
        isin,
        mic,
        admitted_from,
        terminated_on,
        delivery_business_date as known_from,
        coalesce(
            lead(delivery_business_date) over (
                partition by isin, mic
                order by delivery_business_date
            ),
            cast('9999-01-01' as date)
        ) as known_to
    from admissions
),

admitted as (
    select distinct
        traded_isins.isin,
        traded_isins.trade_date,
        traded_isins.reporting_date
    from traded_isins
    inner join admission_versions
        on
            traded_isins.isin = admission_versions.isin
            and traded_isins.reporting_date >= admission_versions.known_from
            and traded_isins.reporting_date < admission_versions.known_to
            and traded_isins.trade_date >= admission_versions.admitted_from
            and traded_isins.trade_date
            < coalesce(admission_versions.terminated_on, cast('9999-01-01' as date))
    inner join venues on admission_versions.mic = venues.mic
    inner join eea_countries
        on
            venues.country = eea_countries.country
            and traded_isins.trade_date >= eea_countries.valid_from
            and traded_isins.trade_date
            < coalesce(eea_countries.valid_to, cast('9999-01-01' as date))
),

final as (
    select
        traded_isins.isin,
        traded_isins.trade_date,
        traded_isins.reporting_date,
        isins_checked.has_check_digit,
        admitted.isin is not null as is_admitted_in_eea
    from traded_isins
    inner join isins_checked on traded_isins.isin = isins_checked.isin
    left join admitted
        on
            traded_isins.isin = admitted.isin
            and traded_isins.trade_date = admitted.trade_date
            and traded_isins.reporting_date = admitted.reporting_date
)

select * from final
