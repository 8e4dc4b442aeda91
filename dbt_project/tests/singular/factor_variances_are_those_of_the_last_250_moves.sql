-- Worked out again from sums, for the first and the last date of every factor, where a window that
-- is too long or too short would show.
with variances as (
    select
        business_date,
        risk_factor_id,
        covariance as variance,
        min(business_date) over (partition by risk_factor_id) as first_date,
        max(business_date) over (partition by risk_factor_id) as last_date
    from {{ ref("int_risk_factor_covariances") }}
    where risk_factor_id = other_risk_factor_id
),

moves as (
    select
        business_date,
        risk_factor_id,
        factor_return,
        row_number() over (partition by risk_factor_id order by business_date) as move_number
    from {{ ref("int_risk_factor_returns") }}
    where factor_return is not null
),

checked as (
    select
        variances.business_date,
        variances.risk_factor_id,
        variances.variance,
        variances.first_date,
        moves.move_number
    from variances
    inner join moves
        on
            variances.risk_factor_id = moves.risk_factor_id
            and variances.business_date = moves.business_date
    where variances.business_date in (variances.first_date, variances.last_date)
),

recomputed as (
    select
        checked.business_date,
        checked.risk_factor_id,
        checked.variance,
        checked.first_date,
        checked.move_number,
        count(*) as moves,
        (
            sum(moves.factor_return * moves.factor_return)
            - sum(moves.factor_return) * sum(moves.factor_return) / 250
        ) / 249 as recomputed_variance
    from checked
    inner join moves
        on
            checked.risk_factor_id = moves.risk_factor_id
            and checked.move_number - 250 < moves.move_number
            and checked.move_number >= moves.move_number
    group by
        checked.business_date,
        checked.risk_factor_id,
        checked.variance,
        checked.first_date,
        checked.move_number
)

select *
from recomputed
where
    not coalesce(
        moves = 250
        and abs(variance - recomputed_variance) <= 1e-9 * recomputed_variance + 1e-15
        and (business_date <> first_date or move_number = 250),
        false
    )
