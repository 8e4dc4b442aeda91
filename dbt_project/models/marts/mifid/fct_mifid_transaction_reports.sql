with events as (
    select * from {{ ref("int_mifid_report_events") }}
),

reports_sent as (
    select * from {{ ref("int_mifid_report_actions") }}
),

fields as (
    select * from {{ ref("int_mifid_report_fields") }}
),

reports as (
    select
        reports_sent.execution_id,
        reports_sent.version,
        reports_sent.report_status,
        reports_sent.attempt,
        reports_sent.reported_version,
        reports_sent.reporting_date,
        reports_sent.trade_date,
        reports_sent.deadline_date,
        reports_sent.transaction_reference,
        reports_sent.executing_entity_lei,
        reports_sent.submitting_entity_lei,
        reports_sent.submission_id,
        reports_sent.resubmission_of,
        reports_sent.state,
        reports_sent.state_since,
        reports_sent.rejection_rule_code,
        reports_sent.rejection_message,
        events.validation_errors,
        reports_sent.report_status = 'NEWT'
        and events.replaced_on is null
        and not reports_sent.is_sent_again as is_current,
        reports_sent.is_live,
        reports_sent.is_late
    from reports_sent
    inner join events
        on
            reports_sent.execution_id = events.execution_id
            and reports_sent.version = events.version
    union all
    select
        execution_id,
        version,
        'NEWT' as report_status,
        cast(null as int) as attempt,
        version as reported_version,
        reporting_date,
        trade_date,
        deadline_date,
        transaction_reference,
        executing_entity_lei,
        submitting_entity_lei,
        cast(null as varchar) as submission_id,
        cast(null as varchar) as resubmission_of,
        case
            when outcome = 'held' and replaced_on is null then 'held'
            else 'superseded'
        end as state,
        case
            when outcome = 'held' then coalesce(replaced_on, reporting_date)
            else reporting_date
        end as state_since,
        cast(null as varchar) as rejection_rule_code,
        cast(null as varchar) as rejection_message,
        validation_errors,
        outcome = 'held' and replaced_on is null as is_current,
        false as is_live,
        false as is_late
    from events
    where
        coalesce(is_reportable, true)
        and action <> 'cancel' and outcome in ('held', 'superseded')
),

-- In the order of the dates, so that a later report leaves the earlier numbers as they are.
reports_numbered as (
    select
        *,
        row_number() over (
            partition by transaction_reference
            order by reporting_date, execution_id, version, attempt, report_status
        ) as report_version
    from reports
),

-- The fields are those of a new report: a cancellation says only whose report it takes back.
final as (
    select
        reports_numbered.*,
        fields.venue_transaction_id,
        fields.is_investment_firm,
        fields.buyer_type,
        fields.buyer_code,
        fields.buyer_identifier_type,
        fields.buyer_national_id_token,
        fields.buyer_national_id_masked,
        fields.buyer_branch_country,
        fields.buyer_first_name_token,
        fields.buyer_first_name_masked,
        fields.buyer_surname_token,
        fields.buyer_surname_masked,
        fields.buyer_birth_date_token,
        fields.buyer_birth_date_masked,
        fields.buyer_decision_maker_type,
        fields.buyer_decision_maker_code,
        fields.buyer_decision_maker_identifier_type,
        fields.buyer_decision_maker_national_id_token,
        fields.buyer_decision_maker_national_id_masked,
        fields.buyer_decision_maker_first_name_token,
        fields.buyer_decision_maker_first_name_masked,
        fields.buyer_decision_maker_surname_token,
        fields.buyer_decision_maker_surname_masked,
        fields.buyer_decision_maker_birth_date_token,
        fields.buyer_decision_maker_birth_date_masked,
        fields.seller_type,
        fields.seller_code,
        fields.seller_identifier_type,
        fields.seller_national_id_token,
        fields.seller_national_id_masked,
        fields.seller_branch_country,
        fields.seller_first_name_token,
        fields.seller_first_name_masked,
        fields.seller_surname_token,
        fields.seller_surname_masked,
        fields.seller_birth_date_token,
        fields.seller_birth_date_masked,
        fields.seller_decision_maker_type,
        fields.seller_decision_maker_code,
        fields.seller_decision_maker_identifier_type,
        fields.seller_decision_maker_national_id_token,
        fields.seller_decision_maker_national_id_masked,
        fields.seller_decision_maker_first_name_token,
        fields.seller_decision_maker_first_name_masked,
        fields.seller_decision_maker_surname_token,
        fields.seller_decision_maker_surname_masked,
        fields.seller_decision_maker_birth_date_token,
        fields.seller_decision_maker_birth_date_masked,
        fields.is_transmitted,
        fields.buyer_transmitting_firm_lei,
        fields.seller_transmitting_firm_lei,
        fields.executed_at,
        fields.capacity,
        fields.quantity_type,
        fields.quantity,
        fields.quantity_currency,
        fields.notional_change,
        fields.price_type,
        fields.price,
        fields.price_currency,
        fields.net_amount,
        fields.venue_mic,
        fields.membership_country,
        fields.up_front_payment,
        fields.up_front_payment_currency,
        fields.complex_trade_id,
        fields.isin,
        fields.instrument_name,
        fields.cfi_code,
        fields.notional_currency,
        fields.second_notional_currency,
        fields.price_multiplier,
        fields.underlying_isin,
        fields.underlying_index_name,
        fields.underlying_index_term,
        fields.option_type,
        fields.strike_price,
        fields.strike_currency,
        fields.exercise_style,
        fields.maturity_date,
        fields.expiry_date,
        fields.delivery_type,
        fields.investment_decision_type,
        fields.investment_decision_code,
        fields.investment_decision_identifier_type,
        fields.investment_decision_national_id_token,
        fields.investment_decision_national_id_masked,
        fields.investment_decision_country,
        fields.execution_decision_type,
        fields.execution_decision_code,
        fields.execution_decision_identifier_type,
        fields.execution_decision_national_id_token,
        fields.execution_decision_national_id_masked,
        fields.execution_decision_country,
        fields.waivers,
        fields.short_selling,
        fields.otc_post_trade,
        fields.is_commodity_hedge,
        fields.is_sft
    from reports_numbered
    left join fields
        on
            reports_numbered.execution_id = fields.execution_id
            and reports_numbered.version = fields.version
            and reports_numbered.report_status = fields.report_status
)

select * from final
