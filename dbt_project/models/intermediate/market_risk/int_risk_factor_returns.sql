-- Relative moves of prices and currencies, absolute moves of rates and volatilities, from one
-- business date to the next.
with levels as (
    select * from {{ ref("int_risk_factor_levels") }}
),

with_previous as (
    select
        *,
        lag(level) over (partition by risk_factor_id order by business_date) as previous_level,
        lag(is_proxied) over (
            partition by risk_factor_id
            order by business_date
        ) as is_previous_proxied
    from levels
),

final as (
    select
        business_date,
        risk_factor_id,
        factor_type,
        level,
        round(
            case
                when factor_type in ('equity', 'fx') then level / previous_level - 1
                else level - previous_level
            end,
            12
        ) as factor_return,
        is_stale,
        is_proxied or coalesce(is_previous_proxied, false) as is_proxied
    from with_previous
)

select * from final
