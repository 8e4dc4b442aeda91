with events as (
    select * from {{ ref("int_mifid_execution_events") }}
),

reasons as (
    select * from {{ ref("mifid_eligibility_reasons") }}
),

reasoned as (
    select
        *,
        case
            when is_spot_currency then 'EXEMPT_SPOT_FX'
            when not (is_in_reference_data or is_underlying_admitted)
                then case
                    when is_otc_contract then 'EXEMPT_OTC_NO_VENUE'
                    when not is_instrument_known and isin is null then 'UNKNOWN_INSTRUMENT'
                    else 'EXEMPT_NOT_ADMITTED'
                end
            when is_sft then 'EXEMPT_SFT'
            -- The firm names itself as the transmitter when it handed over all the details.
            when is_transmitted and transmitting_firm_lei = executing_entity_lei
                then 'EXEMPT_TRANSMITTED'
            when is_admitted_in_eea then 'REPORTABLE_ADMITTED'
            when is_in_reference_data then 'REPORTABLE_TRADED_ON_VENUE'
            else 'REPORTABLE_UNDERLYING'
        end as reason_code
    from events
),

final as (
    select
        reasoned.execution_id,
        reasoned.version,
        reasoned.action,
        reasoned.reporting_date,
        reasoned.trade_date,
        reasoned.executing_entity_lei,
        reasoned.submitting_lei as submitting_entity_lei,
        reasoned.max_reports_per_file,
        reasoned.transaction_reference,
        reasoned.product_type,
        reasoned.is_admitted_in_eea,
        reasoned.is_underlying_admitted,
        reasons.is_reportable,
        reasoned.reason_code,
        reasons.description as reason_description
    from reasoned
    left join reasons on reasoned.reason_code = reasons.reason_code
)

select * from final
