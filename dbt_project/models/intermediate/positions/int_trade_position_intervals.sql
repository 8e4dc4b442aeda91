with trades as (
    select *
    from {{ ref("int_trades_latest") }}
    where not is_cancelled
),

traded_per_day as (
    select
        portfolio_id,
        instrument_id,
        business_date,
        sum(signed_quantity) as quantity
    from trades
    group by portfolio_id, instrument_id, business_date
),

cumulated as (
    select
        portfolio_id,
        instrument_id,
        business_date as valid_from,
        coalesce(
            lead(business_date) over (
                partition by portfolio_id, instrument_id
                order by business_date
            ),
            cast('9999-01-01' as date)
        ) as valid_to,
        sum(quantity) over (
            partition by portfolio_id, instrument_id
            order by business_date
            rows between unbounded preceding and current row
        ) as quantity
    from traded_per_day
),

final as (
    select
        portfolio_id,
        instrument_id,
        valid_from,
        valid_to,
        {{ money("quantity") }} as quantity
    from cumulated
    where quantity <> 0
)

select * from final
