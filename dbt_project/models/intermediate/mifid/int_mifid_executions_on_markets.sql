{{ config(materialized="view") }}

with executions as (
    select * from {{ ref("stg_execution__executions") }}
),

flags as (
    select * from {{ ref("int_mifid_execution_flags") }}
),

isins as (
    select * from {{ ref("int_mifid_isin_admissions") }}
),

instruments as (
    select * from {{ ref("int_mifid_instrument_versions") }}
),

algorithms as (
    {{ known_versions(ref("stg_execution__trading_algorithms"), "algorithm_id") }}
),

entities as (
    select * from {{ ref("mifid_reporting_entities") }}
),

products as (
    select * from {{ ref("mifid_product_types") }}
),

clocks as (
    select * from {{ ref("clock_requirements") }}
),

venues as (
    select
        markets.*,
        -- XOFF and XXXX have a category, but no country.
        categories.is_trading_venue and markets.country is not null as is_trading_venue
    from {{ ref("iso_market_identifiers") }} as markets
    inner join {{ ref("mifid_venue_categories") }} as categories
        on markets.category = categories.category
),

eea_countries as (
    select * from {{ ref("eea_countries") }}
),

currencies as (
    select * from {{ ref("iso_currencies") }}
    where is_reportable
),

field_codes as (
    select * from {{ ref("mifid_field_codes") }}
    where field_number = 62
),

joined as (
    select
        executions.*,
        executions.delivery_business_date as reporting_date,
        entities.lei is not null as is_entity_known,
        entities.submitting_lei,
        entities.max_reports_per_file,
        coalesce(flags.is_reference_reused, false) as is_reference_reused,
        coalesce(flags.is_single_leg, false) as is_single_leg,
        coalesce(flags.has_unknown_waiver, false) as has_unknown_waiver,
        coalesce(flags.has_unknown_otc_code, false) as has_unknown_otc_code,
        products.is_debt,
        products.is_derivative,
        products.is_option,
        products.is_short_sale_flagged,
        products.is_spot_currency,
        products.is_otc_contract,
        '|' || products.quantity_types || '|'
        like '%|' || executions.quantity_type || '|%' as is_quantity_type_right,
        executions.price_type in ('pending', 'not_applicable')
        or '|' || products.price_types || '|'
        like '%|' || executions.price_type || '|%' as is_price_type_right,
        clocks.granularity_us,
        venues.mic is not null as is_venue_known,
        venues.created <= executions.trade_date
        and executions.trade_date
        < coalesce(venues.expiry, cast('9999-01-01' as date)) as is_venue_in_force,
        coalesce(venues.is_trading_venue, false) as is_trading_venue,
        coalesce(venues.is_trading_venue, false)
        and eea_countries.country is not null as is_eea_venue,
        executions.venue_mic in ('XOFF', 'XXXX') as is_off_venue,
        instruments.instrument_id is not null as is_instrument_known,
        coalesce(listings.is_admitted_in_eea, false) as is_admitted_in_eea,
        products.is_derivative
        and coalesce(underlying_listings.is_admitted_in_eea, false) as is_underlying_admitted,
        isins.has_check_digit as has_isin_check_digit,
        underlying_isins.has_check_digit as has_underlying_check_digit,
        quantity_currencies.code is not null as is_quantity_currency_known,
        price_currencies.code is not null as is_price_currency_known,
        up_front_currencies.code is not null as is_up_front_currency_known,
        strike_currencies.code is not null as is_strike_currency_known,
        short_codes.code is not null as is_short_selling_known,
        investment_algorithms.algorithm_id is not null as is_investment_algorithm_known,
        execution_algorithms.algorithm_id is not null as is_execution_algorithm_known
    from executions
    left join entities
        on
            executions.executing_entity_lei = entities.lei
            and executions.delivery_business_date >= entities.valid_from
            and executions.delivery_business_date
            < coalesce(entities.valid_to, cast('9999-01-01' as date))
    left join flags
        on
            executions.execution_id = flags.execution_id
            and executions.version = flags.version
    left join products on executions.product_type = products.product_type
    left join clocks
        on
            executions.activity = clocks.activity
            and executions.trade_date >= clocks.valid_from
            and executions.trade_date < coalesce(clocks.valid_to, cast('9999-01-01' as date))
    left join venues on executions.venue_mic = venues.mic
    left join eea_countries
        on
            venues.country = eea_countries.country
            and executions.trade_date >= eea_countries.valid_from
            and executions.trade_date
            < coalesce(eea_countries.valid_to, cast('9999-01-01' as date))
    left join instruments
        on
            executions.instrument_id = instruments.instrument_id
            and executions.delivery_business_date >= instruments.valid_from
            and executions.delivery_business_date < instruments.valid_to
    left join instruments as underlyings
        on
            instruments.underlying_instrument_id = underlyings.instrument_id
            and executions.delivery_business_date >= underlyings.valid_from
            and executions.delivery_business_date < underlyings.valid_to
    -- What is admitted is told by the reference data's ISIN, so that a wrong one in the report
    -- does not hide that the execution must be reported.
    left join isins as listings
        on
            coalesce(instruments.isin, executions.isin) = listings.isin
            and executions.trade_date = listings.trade_date
            and executions.delivery_business_date = listings.reporting_date
    left join isins as underlying_listings
        on
            coalesce(underlyings.isin, executions.underlying_isin) = underlying_listings.isin
            and executions.trade_date = underlying_listings.trade_date
            and executions.delivery_business_date = underlying_listings.reporting_date
    left join isins
        on
            executions.isin = isins.isin
            and executions.trade_date = isins.trade_date
            and executions.delivery_business_date = isins.reporting_date
    left join isins as underlying_isins
        on
            executions.underlying_isin = underlying_isins.isin
            and executions.trade_date = underlying_isins.trade_date
            and executions.delivery_business_date = underlying_isins.reporting_date
    {%- for money, column in [
        ("quantity", "quantity_currency"),
        ("price", "price_currency"),
        ("up_front", "up_front_payment_currency"),
        ("strike", "strike_currency"),
    ] %}
        left join currencies as {{ money }}_currencies
            on
                executions.{{ column }} = {{ money }}_currencies.code
                and executions.trade_date >= {{ money }}_currencies.valid_from
                and executions.trade_date
                < coalesce({{ money }}_currencies.valid_to, cast('9999-01-01' as date))
    {%- endfor %}
    left join field_codes as short_codes
        on executions.short_selling = short_codes.code
    {%- for person, purpose in [
        ("investment", "investment_decision"),
        ("execution", "execution"),
    ] %}
        left join algorithms as {{ person }}_algorithms
            on
                executions.{{ person }}_decision_code = {{ person }}_algorithms.algorithm_id
                and {{ person }}_algorithms.purpose in ('{{ purpose }}', 'both')
                and executions.delivery_business_date >= {{ person }}_algorithms.known_from
                and executions.delivery_business_date < {{ person }}_algorithms.known_to
                and executions.trade_date >= {{ person }}_algorithms.valid_from
                and executions.trade_date
                < coalesce({{ person }}_algorithms.valid_to, cast('9999-01-01' as date))
    {%- endfor %}
),

final as (
    select
        *,
        -- An instrument is traded on a venue by this very execution, whoever admitted it where.
        is_admitted_in_eea or (is_eea_venue and is_venue_in_force) as is_in_reference_data
    from joined
)

select * from final
