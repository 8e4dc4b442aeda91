{{ config(materialized="view") }}

with events as (
    select * from {{ ref("int_mifid_execution_events") }}
),

eligibility as (
    select * from {{ ref("int_mifid_eligibility") }}
),

final as (
    select
        events.execution_id,
        events.version,
        events.action,
        events.reporting_date,
        events.trade_date,
        'NEWT' as report_status,
        events.transaction_reference,
        events.venue_transaction_id,
        events.executing_entity_lei,
        case when events.is_entity_known then true end as is_investment_firm,
        events.submitting_lei as submitting_entity_lei,
        events.buyer_type,
        events.buyer_code,
        events.buyer_identifier_type,
        events.buyer_national_id_token,
        events.buyer_national_id_masked,
        events.buyer_branch_country,
        events.buyer_first_name_token,
        events.buyer_first_name_masked,
        events.buyer_surname_token,
        events.buyer_surname_masked,
        events.buyer_birth_date_token,
        events.buyer_birth_date_masked,
        events.buyer_decision_maker_type,
        events.buyer_decision_maker_code,
        events.buyer_decision_maker_identifier_type,
        events.buyer_decision_maker_national_id_token,
        events.buyer_decision_maker_national_id_masked,
        events.buyer_decision_maker_first_name_token,
        events.buyer_decision_maker_first_name_masked,
        events.buyer_decision_maker_surname_token,
        events.buyer_decision_maker_surname_masked,
        events.buyer_decision_maker_birth_date_token,
        events.buyer_decision_maker_birth_date_masked,
        events.seller_type,
        events.seller_code,
        events.seller_identifier_type,
        events.seller_national_id_token,
        events.seller_national_id_masked,
        events.seller_branch_country,
        events.seller_first_name_token,
        events.seller_first_name_masked,
        events.seller_surname_token,
        events.seller_surname_masked,
        events.seller_birth_date_token,
        events.seller_birth_date_masked,
        events.seller_decision_maker_type,
        events.seller_decision_maker_code,
        events.seller_decision_maker_identifier_type,
        events.seller_decision_maker_national_id_token,
        events.seller_decision_maker_national_id_masked,
        events.seller_decision_maker_first_name_token,
        events.seller_decision_maker_first_name_masked,
        events.seller_decision_maker_surname_token,
        events.seller_decision_maker_surname_masked,
        events.seller_decision_maker_birth_date_token,
        events.seller_decision_maker_birth_date_masked,
        events.is_transmitted,
        events.buyer_transmitting_firm_lei,
        events.seller_transmitting_firm_lei,
        events.executed_at,
        events.capacity,
        events.quantity_type,
        events.quantity,
        events.quantity_currency,
        events.notional_change,
        events.price_type,
        events.price,
        events.price_currency,
        events.net_amount,
        events.venue_mic,
        events.membership_country,
        events.up_front_payment,
        events.up_front_payment_currency,
        events.complex_trade_id,
        events.isin,
        case
            when not events.is_in_reference_data then events.instrument_name
        end as instrument_name,
        case when not events.is_in_reference_data then events.cfi_code end as cfi_code,
        case
            when not events.is_in_reference_data then events.notional_currency
        end as notional_currency,
        cast(null as string) as second_notional_currency,
        case
            when not events.is_in_reference_data then events.price_multiplier
        end as price_multiplier,
        case
            when not events.is_in_reference_data then events.underlying_isin
        end as underlying_isin,
        cast(null as string) as underlying_index_name,
        cast(null as string) as underlying_index_term,
        case when not events.is_in_reference_data then events.option_type end as option_type,
        case when not events.is_in_reference_data then events.strike_price end as strike_price,
        case
            when not events.is_in_reference_data then events.strike_currency
        end as strike_currency,
        case when not events.is_in_reference_data then events.exercise_style end as exercise_style,
        case when not events.is_in_reference_data then events.maturity_date end as maturity_date,
        case when not events.is_in_reference_data then events.expiry_date end as expiry_date,
        case when not events.is_in_reference_data then events.delivery_type end as delivery_type,
        events.investment_decision_type,
        case
            when events.investment_national_id_token is null then events.investment_decision_code
        end as investment_decision_code,
        events.investment_identifier_type as investment_decision_identifier_type,
        events.investment_national_id_token as investment_decision_national_id_token,
        events.investment_national_id_masked as investment_decision_national_id_masked,
        events.investment_decision_country,
        events.execution_decision_type,
        case
            when events.execution_decision_type = 'client' then 'NORE'
            when events.execution_national_id_token is null then events.execution_decision_code
        end as execution_decision_code,
        events.execution_identifier_type as execution_decision_identifier_type,
        events.execution_national_id_token as execution_decision_national_id_token,
        events.execution_national_id_masked as execution_decision_national_id_masked,
        events.execution_decision_country,
        events.waivers,
        events.short_selling,
        events.otc_post_trade,
        events.is_commodity_hedge,
        events.is_sft
    from events
    inner join eligibility
        on
            events.execution_id = eligibility.execution_id
            and events.version = eligibility.version
    where coalesce(eligibility.is_reportable, true) and events.action <> 'cancel'
)

select * from final
