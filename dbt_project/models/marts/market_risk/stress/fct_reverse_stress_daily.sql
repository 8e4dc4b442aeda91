with scales as (
    select * from {{ ref("int_reverse_stress") }}
),

final as (
    select
        business_date,
        scope_type,
        scope_id,
        scenario_id,
        {{ money("loss_target_usd") }} as loss_target_usd,
        scale,
        {{ money("loss_at_scale_usd") }} as loss_at_scale_usd,
        is_reached,
        note
    from scales
)

select * from final
