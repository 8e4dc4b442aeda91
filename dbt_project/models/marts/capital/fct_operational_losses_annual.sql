with losses as (
    select * from {{ ref("int_operational_losses_annual") }}
),

final as (
    select
        reporting_date,
        loss_year,
        threshold_eur,
        reported_events,
        repeated_events,
        counted_events,
        net_loss_eur,
        below_threshold_eur,
        'OPE25.loss_component.threshold; OPE25.loss_component.years' as rule_ids
    from losses
)

select * from final
