with positions as (
    select * from {{ ref("fct_positions_daily") }}
),

movements as (
    select * from {{ ref("int_movements") }}
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date and {{ in_window("business_date") }}
),

parts as (
    select
        business_dates.business_date,
        positions.portfolio_id,
        positions.instrument_id,
        positions.quantity
    from business_dates
    inner join positions on business_dates.previous_business_date = positions.business_date
    union all
    select
        movements.business_date,
        movements.portfolio_id,
        movements.instrument_id,
        movements.quantity
    from movements
    inner join business_dates on movements.business_date = business_dates.business_date
    union all
    select
        business_date,
        portfolio_id,
        instrument_id,
        -quantity as quantity
    from positions
    where {{ in_window("business_date") }}
)

select
    business_date,
    portfolio_id,
    instrument_id,
    sum(quantity) as quantity_unexplained
from parts
group by business_date, portfolio_id, instrument_id
having sum(quantity) <> 0
