with items as (
    select * from {{ ref("int_large_exposure_items") }}
),

final as (
    select
        reporting_date,
        group_id,
        counterparty_id,
        max(counterparty_name) as counterparty_name,
        max(counterparty_type) as counterparty_type,
        max(connection_basis) as connection_basis,
        {{ money("sum(exposure_before_usd)") }} as exposure_before_usd,
        {{ money("sum(exposure_after_usd)") }} as exposure_after_usd,
        {{ money(
            "sum(case when exemption_reason is not null then exposure_after_usd else 0 end)"
        ) }} as exempt_usd,
        {{ money(
            "sum(case when exemption_reason is null then exposure_after_usd else 0 end)"
        ) }} as limited_usd,
        max(exemption_reason) as exemption_reason,
        cast(count(*) as int) as items
    from items
    group by reporting_date, group_id, counterparty_id
)

select * from final
