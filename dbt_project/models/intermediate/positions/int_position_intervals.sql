-- The cost of the open lots is what was paid less what the closed lots gave back: paid + realised,
-- summed up to the date.
with changes as (
    select * from {{ ref("int_position_changes") }}
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
        {{ running_total("quantity") }} as quantity,
        {{ running_total("realised_pnl_usd - consideration_usd") }} as cost_usd,
        {{ running_total("realised_pnl_local - consideration_local") }} as cost_local
    from changes
),

final as (
    select
        portfolio_id,
        instrument_id,
        valid_from,
        valid_to,
        {{ money("quantity") }} as quantity,
        {{ money("cost_usd") }} as cost_usd,
        {{ money("cost_local") }} as cost_local
    from cumulated
    -- Cash of zero that was exchanged at other rates than today's still has a cost, and so a result
    -- to show.
    where quantity <> 0 or cost_usd <> 0
)

select * from final
