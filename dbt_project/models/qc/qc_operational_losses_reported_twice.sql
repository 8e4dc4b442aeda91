with events as (
    select * from {{ ref("int_operational_loss_events") }}
),

final as (
    select
        repeated.event_id,
        repeated.repeats_event_id,
        repeated.occurred_on,
        repeated.discovered_on,
        repeated.accounted_on,
        original.accounted_on as first_accounted_on,
        repeated.event_type,
        repeated.business_line,
        repeated.currency,
        repeated.gross_loss_amount,
        repeated.net_loss_eur,
        repeated.delivery_id,
        repeated.delivery_line
    from events as repeated
    inner join events as original on repeated.repeats_event_id = original.event_id
)

select * from final
