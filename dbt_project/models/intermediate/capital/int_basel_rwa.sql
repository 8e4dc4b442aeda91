with before_floor as (
    select * from {{ ref("int_basel_rwa_before_floor") }}
),

output_floor as (
    select * from {{ ref("fct_output_floor") }}
),

final as (
    select
        reporting_date,
        component,
        rwa_usd
    from before_floor
    union all
    select
        reporting_date,
        'floor_adjustment' as component,
        floor_adjustment_usd as rwa_usd
    from output_floor
    where is_headline and floor_adjustment_usd <> 0
)

select * from final
