{#- What a natural person is reported with. -#}
{%- set person_columns = [
    "identifier_type", "national_id_token", "national_id_masked", "first_name_token", "first_name_masked",
    "surname_token", "surname_masked", "birth_date_token", "birth_date_masked",
] -%}

with executions as (
    select * from {{ ref("stg_execution__executions") }}
),

flags as (
    select * from {{ ref("int_mifid_execution_flags") }}
),

parties as (
    select * from {{ ref("int_mifid_party_versions") }}
),

leis as (
    select * from {{ ref("int_mifid_lei_versions") }}
),

isins as (
    select * from {{ ref("int_mifid_isin_admissions") }}
),

instruments as (
    select * from {{ ref("stg_reference__instruments") }}
),

algorithms as (
    select * from {{ ref("stg_execution__trading_algorithms") }}
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
    select * from {{ ref("iso_market_identifiers") }}
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
        entities.lei is not null as is_entity_known,
        entities.submitting_lei,
        coalesce(executing.has_check_digits, false) as has_executing_check_digits,
        executing.status as executing_lei_status,
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
        eea_countries.country is not null as is_eea_venue,
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
        execution_algorithms.algorithm_id is not null as is_execution_algorithm_known,
        {%- for person in ["investment", "execution"] %}
        {{ person }}_persons.identifier_type as {{ person }}_identifier_type,
        {{ person }}_persons.national_id_token as {{ person }}_national_id_token,
        {{ person }}_persons.national_id_masked as {{ person }}_national_id_masked,
        {%- endfor %}
        clients.client_category is not null as is_own_client,
        case
            when executions.client_party_id is null or clients.party_type = 'legal_entity' then 'lei'
            else clients.party_type
        end as own_type,
        case
            when executions.client_party_id is null then executions.executing_entity_lei
            when clients.party_type = 'legal_entity' then clients.lei
        end as own_code,
        clients.branch_country as own_branch_country,
        {%- for column in person_columns %}
        case when clients.party_type = 'natural_person' then clients.{{ column }} end as own_{{ column }},
        {%- endfor %}
        coalesce(
            executions.trade_date >= clients.identifier_allowed_from
            and executions.trade_date < clients.identifier_allowed_to,
            false
        ) as is_own_identifier_type_allowed,
        clients.is_identifier_well_formed as is_own_identifier_well_formed,
        clients.is_concat_consistent as is_own_concat_consistent,
        clients.is_name_upper as is_own_name_upper,
        clients.is_birth_date_plausible as is_own_birth_date_plausible,
        executions.counterparty_code as other_code,
        case
            when executions.counterparty_code = 'INTC' then 'intc'
            when length(executions.counterparty_code) = 4 then 'mic'
            else 'lei'
        end as other_type,
        counterparties.has_check_digits as has_other_check_digits,
        counterparties.status as other_lei_status,
        counterparty_venues.created <= executions.trade_date
        and executions.trade_date
        < coalesce(counterparty_venues.expiry, cast('9999-01-01' as date))
            as is_other_mic_in_force,
        deciders.party_id is not null as is_decision_maker_party,
        case
            when deciders.party_type = 'natural_person' then 'natural_person'
            when executions.decision_maker_code is not null then 'lei'
        end as own_decision_maker_type,
        case
            when deciders.party_id is null then executions.decision_maker_code
            when deciders.party_type = 'legal_entity' then deciders.lei
        end as own_decision_maker_code,
        {%- for column in person_columns %}
        case
            when deciders.party_type = 'natural_person' then deciders.{{ column }}
        end as own_decision_maker_{{ column }},
        {%- endfor %}
        executions.transmitting_firm_lei as own_transmitting_firm_lei,
        transmitters.has_check_digits as has_transmitter_check_digits,
        transmitters.status as transmitter_lei_status
    from executions
    left join entities
        on
            executions.executing_entity_lei = entities.lei
            and executions.trade_date >= entities.valid_from
            and executions.trade_date < coalesce(entities.valid_to, cast('9999-01-01' as date))
    left join leis as executing
        on
            executions.executing_entity_lei = executing.lei
            and executions.delivery_business_date >= executing.valid_from
            and executions.delivery_business_date < executing.valid_to
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
    left join instruments on executions.instrument_id = instruments.instrument_id
    left join instruments as underlyings
        on instruments.underlying_instrument_id = underlyings.instrument_id
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
    {%- for money in ["quantity", "price", "up_front", "strike"] %}
    left join currencies as {{ money }}_currencies
        on
            executions.{{ money }}{{ "_payment" if money == "up_front" }}_currency
            = {{ money }}_currencies.code
            and executions.trade_date >= {{ money }}_currencies.valid_from
            and executions.trade_date
            < coalesce({{ money }}_currencies.valid_to, cast('9999-01-01' as date))
    {%- endfor %}
    left join field_codes as short_codes
        on executions.short_selling = short_codes.code
    {%- for person, purpose in [("investment", "investment_decision"), ("execution", "execution")] %}
    left join algorithms as {{ person }}_algorithms
        on
            executions.{{ person }}_decision_code = {{ person }}_algorithms.algorithm_id
            and {{ person }}_algorithms.purpose in ('{{ purpose }}', 'both')
            and executions.trade_date >= {{ person }}_algorithms.valid_from
            and executions.trade_date
            < coalesce({{ person }}_algorithms.valid_to, cast('9999-01-01' as date))
    left join parties as {{ person }}_persons
        on
            executions.{{ person }}_decision_code = {{ person }}_persons.party_id
            and {{ person }}_persons.party_type = 'natural_person'
            and executions.delivery_business_date >= {{ person }}_persons.valid_from
            and executions.delivery_business_date < {{ person }}_persons.valid_to
    {%- endfor %}
    left join parties as clients
        on
            executions.client_party_id = clients.party_id
            and executions.delivery_business_date >= clients.valid_from
            and executions.delivery_business_date < clients.valid_to
    left join leis as counterparties
        on
            executions.counterparty_code = counterparties.lei
            and executions.delivery_business_date >= counterparties.valid_from
            and executions.delivery_business_date < counterparties.valid_to
    left join venues as counterparty_venues
        on executions.counterparty_code = counterparty_venues.mic
    left join parties as deciders
        on
            executions.decision_maker_code = deciders.party_id
            and executions.delivery_business_date >= deciders.valid_from
            and executions.delivery_business_date < deciders.valid_to
    left join leis as transmitters
        on
            executions.transmitting_firm_lei = transmitters.lei
            and executions.delivery_business_date >= transmitters.valid_from
            and executions.delivery_business_date < transmitters.valid_to
),

sides_checked as (
    select
        joined.*,
        own_leis.has_check_digits as has_own_check_digits,
        own_leis.status as own_lei_status,
        coalesce(joined.own_code = joined.executing_entity_lei, false) as is_own_executing_entity,
        joined.other_code = joined.executing_entity_lei as is_other_executing_entity,
        decision_leis.has_check_digits as has_decision_maker_check_digits,
        decision_leis.status as decision_maker_lei_status
    from joined
    left join leis as own_leis
        on
            joined.own_code = own_leis.lei
            and joined.delivery_business_date >= own_leis.valid_from
            and joined.delivery_business_date < own_leis.valid_to
    left join leis as decision_leis
        on
            joined.own_decision_maker_code = decision_leis.lei
            and joined.delivery_business_date >= decision_leis.valid_from
            and joined.delivery_business_date < decision_leis.valid_to
),

final as (
    select
        execution_id,
        version,
        action,
        delivery_business_date as reporting_date,
        trade_date,
        product_type,
        order_id,
        trade_id,
        side,
        client_party_id,
        decision_maker_code,
        transmitting_firm_lei,
        transaction_reference,
        venue_transaction_id,
        executing_entity_lei,
        is_entity_known,
        submitting_lei,
        has_executing_check_digits,
        executing_lei_status,
        is_reference_reused,
        own_type,
        own_code,
        has_own_check_digits,
        own_lei_status,
        is_own_executing_entity,
        is_own_client,
        own_branch_country,
        {%- for column in person_columns %}
        own_{{ column }},
        {%- endfor %}
        is_own_identifier_type_allowed,
        is_own_identifier_well_formed,
        is_own_concat_consistent,
        is_own_name_upper,
        is_own_birth_date_plausible,
        other_type,
        other_code,
        has_other_check_digits,
        other_lei_status,
        is_other_mic_in_force,
        is_other_executing_entity,
        own_decision_maker_type,
        own_decision_maker_code,
        {%- for column in person_columns %}
        own_decision_maker_{{ column }},
        {%- endfor %}
        is_decision_maker_party,
        has_decision_maker_check_digits,
        decision_maker_lei_status,
        has_transmitter_check_digits,
        transmitter_lei_status,
        is_transmitted,
        executed_at,
        executed_at_utc,
        executed_at_fraction_digits,
        activity,
        granularity_us,
        capacity,
        quantity,
        quantity_type,
        is_quantity_type_right,
        quantity_currency,
        is_quantity_currency_known,
        notional_change,
        price,
        price_type,
        is_price_type_right,
        price_currency,
        is_price_currency_known,
        net_amount,
        venue_mic,
        is_venue_known,
        is_venue_in_force,
        is_eea_venue,
        is_off_venue,
        membership_country,
        up_front_payment,
        up_front_payment_currency,
        is_up_front_currency_known,
        complex_trade_id,
        is_single_leg,
        instrument_id,
        is_instrument_known,
        is_admitted_in_eea,
        is_underlying_admitted,
        is_debt,
        is_derivative,
        is_option,
        is_short_sale_flagged,
        is_spot_currency,
        is_otc_contract,
        isin,
        has_isin_check_digit,
        instrument_name,
        cfi_code,
        notional_currency,
        price_multiplier,
        underlying_isin,
        has_underlying_check_digit,
        option_type,
        strike_price,
        strike_currency,
        is_strike_currency_known,
        exercise_style,
        maturity_date,
        expiry_date,
        delivery_type,
        {%- for decision in ["investment", "execution"] %}
        {{ decision }}_decision_type,
        {{ decision }}_decision_code,
        is_{{ decision }}_algorithm_known,
        {{ decision }}_identifier_type,
        {{ decision }}_national_id_token,
        {{ decision }}_national_id_masked,
        {{ decision }}_decision_country,
        {%- endfor %}
        waivers,
        has_unknown_waiver,
        short_selling,
        is_short_selling_known,
        otc_post_trade,
        has_unknown_otc_code,
        is_commodity_hedge,
        is_sft,
        delivery_id,
        delivery_line
    from sides_checked
)

select * from final
