with totals as (
    select
        business_date,
        scenario_id,
        scope_type,
        sum(pnl_usd) as pnl_usd,
        sum(base_value_usd) as base_value_usd,
        sum(missing_positions) as missing_positions
    from {{ ref("fct_stress_summary_daily") }}
    group by business_date, scenario_id, scope_type
)

select
    parts.business_date,
    parts.scenario_id,
    parts.scope_type,
    parts.pnl_usd,
    firm.pnl_usd as firm_pnl_usd
from totals as parts
left join totals as firm
    on
        parts.business_date = firm.business_date
        and parts.scenario_id = firm.scenario_id
        and firm.scope_type = 'firm'
where
    not coalesce(parts.missing_positions = firm.missing_positions, false)
    or (
        firm.missing_positions = 0
        and not coalesce(
            parts.pnl_usd = firm.pnl_usd and parts.base_value_usd = firm.base_value_usd, false
        )
    )
