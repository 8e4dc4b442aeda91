-- Which part of every contract comes due in which bucket; instalments are spread evenly by day.
with positions as (
    select * from {{ ref("int_liquidity_positions") }}
),

buckets as (
    select * from {{ ref("liquidity_ladder_buckets") }}
),

-- Null days: nothing says when the money comes back.
dated as (
    select
        *,
        case
            when is_on_demand then 0
            when is_non_performing then null
            when days_to_maturity < 0 then 0
            else days_to_maturity
        end as days_to_cash
    from positions
),

spread as (
    select
        dated.*,
        buckets.bucket,
        buckets.bucket_order,
        buckets.above_days,
        buckets.up_to_days,
        case
            when coalesce(buckets.up_to_days >= dated.days_to_cash, true) then dated.amount_usd
            else {{ money(
                "cast(dated.amount_usd as double) * buckets.up_to_days / dated.days_to_cash"
            ) }}
        end as due_by_end_usd,
        case
            when buckets.above_days is null then {{ money("0") }}
            when buckets.above_days >= dated.days_to_cash then dated.amount_usd
            else {{ money(
                "cast(dated.amount_usd as double) * buckets.above_days / dated.days_to_cash"
            ) }}
        end as due_before_usd
    from dated
    inner join buckets on not buckets.is_open_ended
    where dated.is_amortising and dated.days_to_cash > 0
),

in_one_bucket as (
    select
        dated.*,
        buckets.bucket,
        buckets.bucket_order
    from dated
    inner join buckets
        on
            (dated.days_to_cash is null and buckets.is_open_ended)
            or (
                not buckets.is_open_ended
                and (buckets.above_days is null or dated.days_to_cash > buckets.above_days)
                and (buckets.up_to_days is null or dated.days_to_cash <= buckets.up_to_days)
            )
    where not dated.is_amortising or dated.days_to_cash is null or dated.days_to_cash = 0
),

final as (
    select
        reporting_date,
        side,
        source_model,
        source_row_id,
        row_part,
        currency,
        bucket,
        bucket_order,
        amount_usd
    from in_one_bucket
    union all
    select
        reporting_date,
        side,
        source_model,
        source_row_id,
        row_part,
        currency,
        bucket,
        bucket_order,
        {{ money("due_by_end_usd - due_before_usd") }} as amount_usd
    from spread
    where due_by_end_usd <> due_before_usd
)

select * from final
