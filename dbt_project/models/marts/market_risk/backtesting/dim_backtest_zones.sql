with zones as (
    select * from {{ ref("traffic_light_zones") }}
),

final as (
    select
        confidence_level,
        exceptions_from,
        exceptions_to,
        zone,
        multiplier,
        plus_factor,
        source_paragraph,
        valid_from,
        valid_to
    from zones
)

select * from final
