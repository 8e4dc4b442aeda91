-- Scenarios of a date are the last 500 factor moves up to and including it: how many of a factor's
-- are stale or proxied.
with factor_returns as (
    select *
    from {{ ref("int_risk_factor_returns") }}
    where factor_return is not null
),

final as (
    select
        business_date,
        risk_factor_id,
        count(*) over scenario_window as moves,
        count(case when is_stale then 1 end) over scenario_window as stale_moves,
        count(case when is_proxied then 1 end) over scenario_window as proxied_moves
    from factor_returns
    window scenario_window as (
        partition by risk_factor_id
        order by business_date
        rows between 499 preceding and current row
    )
)

select * from final
