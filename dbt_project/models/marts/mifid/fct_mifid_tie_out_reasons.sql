with events as (
    select *
    from {{ ref("int_mifid_report_events") }}
    where outcome = 'exempt' and replaced_on is null
),

reasons as (
    select * from {{ ref("mifid_eligibility_reasons") }}
),

final as (
    select
        events.trade_date,
        events.reason_code,
        reasons.description as reason_description,
        count(*) as exempt
    from events
    left join reasons on events.reason_code = reasons.reason_code
    group by events.trade_date, events.reason_code, reasons.description
)

select * from final
