with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

hqla as (
    select * from {{ ref("fct_hqla") }}
),

securities_financing as (
    select * from {{ ref("int_liquidity_financing") }}
),

flows as (
    select * from {{ ref("fct_lcr_flows") }}
),

rules as (
    select
        reporting_date,
        max(case when rule_id = 'LCR30.cap.level_2' then value end) as level_2_cap,
        max(case when rule_id = 'LCR30.cap.level_2b' then value end) as level_2b_cap,
        max(case when rule_id = 'LCR40.inflow_cap.share_of_outflows' then value end)
            as inflow_cap,
        max(case when rule_id = 'LCR20.minimum.lcr' then value end) as minimum_ratio
    from parameters
    group by reporting_date
),

stock as (
    select
        reporting_date,
        sum(case when hqla_level = 'level_1' then weighted_usd else 0 end) as level_1_usd,
        sum(case when hqla_level = 'level_2a' then weighted_usd else 0 end) as level_2a_usd,
        sum(case when hqla_level = 'level_2b' then weighted_usd else 0 end) as level_2b_usd
    from hqla
    where is_eligible
    group by reporting_date
),

-- What comes back and what goes when a repo of liquid assets ends within the horizon.
unwound_transactions as (
    select
        reporting_date,
        hqla_level,
        case when direction = 'repo' then -cash_usd else cash_usd end as cash_usd,
        case when direction = 'repo' then 1 else -1 end
        * {{ money("cast(collateral_usd as double) * liquidity_factor") }} as collateral_usd
    from securities_financing
    where is_in_horizon and hqla_level is not null
),

unwinding as (
    select
        reporting_date,
        sum(cash_usd + case when hqla_level = 'level_1' then collateral_usd else 0 end)
            as level_1_usd,
        sum(case when hqla_level = 'level_2a' then collateral_usd else 0 end) as level_2a_usd,
        sum(case when hqla_level = 'level_2b' then collateral_usd else 0 end) as level_2b_usd
    from unwound_transactions
    group by reporting_date
),

flow_totals as (
    select
        reporting_date,
        sum(case when direction = 'outflow' then weighted_usd else 0 end) as outflows_usd,
        sum(case when direction = 'inflow' then weighted_usd else 0 end) as inflows_usd
    from flows
    group by reporting_date
),

adjusted as (
    select
        basel_dates.reporting_date,
        {{ money("coalesce(stock.level_1_usd, 0)") }} as level_1_usd,
        {{ money("coalesce(stock.level_2a_usd, 0)") }} as level_2a_usd,
        {{ money("coalesce(stock.level_2b_usd, 0)") }} as level_2b_usd,
        {{ money("coalesce(stock.level_1_usd, 0) + coalesce(unwinding.level_1_usd, 0)") }}
            as adjusted_level_1_usd,
        {{ money("coalesce(stock.level_2a_usd, 0) + coalesce(unwinding.level_2a_usd, 0)") }}
            as adjusted_level_2a_usd,
        {{ money("coalesce(stock.level_2b_usd, 0) + coalesce(unwinding.level_2b_usd, 0)") }}
            as adjusted_level_2b_usd,
        {{ money("coalesce(flow_totals.outflows_usd, 0)") }} as outflows_usd,
        {{ money("coalesce(flow_totals.inflows_usd, 0)") }} as inflows_usd,
        rules.level_2_cap,
        rules.level_2b_cap,
        rules.inflow_cap,
        rules.minimum_ratio
    from basel_dates
    left join stock on basel_dates.reporting_date = stock.reporting_date
    left join unwinding on basel_dates.reporting_date = unwinding.reporting_date
    left join flow_totals on basel_dates.reporting_date = flow_totals.reporting_date
    left join rules on basel_dates.reporting_date = rules.reporting_date
),

-- Without a cap there is no adjustment to state, and a missing one must not pass for none.
capped_level_2b as (
    select
        *,
        case
            when level_2_cap is not null and level_2b_cap is not null
                then greatest(
                    {{ money(
                        "cast(adjusted_level_2b_usd as double) - level_2b_cap / (1 - level_2b_cap)"
                        ~ " * cast(adjusted_level_1_usd + adjusted_level_2a_usd as double)"
                    ) }},
                    {{ money(
                        "cast(adjusted_level_2b_usd as double) - level_2b_cap / (1 - level_2_cap)"
                        ~ " * cast(adjusted_level_1_usd as double)"
                    ) }},
                    {{ money("0") }}
                )
        end as level_2b_adjustment_usd,
        {{ money("cast(outflows_usd as double) * inflow_cap") }} as inflow_limit_usd
    from adjusted
),

capped as (
    select
        *,
        greatest(
            {{ money(
                "cast(adjusted_level_2a_usd + adjusted_level_2b_usd - level_2b_adjustment_usd"
                ~ " as double) - level_2_cap / (1 - level_2_cap)"
                ~ " * cast(adjusted_level_1_usd as double)"
            ) }},
            {{ money("0") }}
        ) as level_2_adjustment_usd,
        least(inflows_usd, inflow_limit_usd) as inflows_after_cap_usd
    from capped_level_2b
),

totals as (
    select
        *,
        {{ money(
            "level_1_usd + level_2a_usd + level_2b_usd"
            ~ " - level_2b_adjustment_usd - level_2_adjustment_usd"
        ) }} as hqla_usd,
        {{ money("outflows_usd - inflows_after_cap_usd") }} as net_outflows_usd
    from capped
),

compared as (
    select
        *,
        {{ money("minimum_ratio * cast(net_outflows_usd as double)") }} as required_usd
    from totals
),

final as (
    select
        reporting_date,
        level_1_usd,
        level_2a_usd,
        level_2b_usd,
        adjusted_level_1_usd,
        adjusted_level_2a_usd,
        adjusted_level_2b_usd,
        level_2b_adjustment_usd,
        level_2_adjustment_usd,
        hqla_usd,
        outflows_usd,
        inflows_usd,
        inflow_limit_usd,
        inflows_after_cap_usd,
        net_outflows_usd,
        round(cast(hqla_usd as double) / nullif(cast(net_outflows_usd as double), 0), 12)
            as lcr_ratio,
        minimum_ratio,
        {{ money("hqla_usd - required_usd") }} as surplus_usd,
        hqla_usd >= required_usd as is_met,
        level_2b_adjustment_usd > 0 as is_level_2b_cap_binding,
        level_2_adjustment_usd > 0 as is_level_2_cap_binding,
        inflows_usd > inflow_limit_usd as is_inflow_cap_binding,
        'LCR20.minimum.lcr; LCR30.cap.level_2; LCR30.cap.level_2b;'
        || ' LCR40.inflow_cap.share_of_outflows' as rule_ids
    from compared
)

select * from final
