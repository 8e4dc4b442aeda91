with members as (
    select * from {{ ref("fct_large_exposure_members") }}
),

own_funds as (
    select * from {{ ref("int_contributions_own_funds") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

tier_1 as (
    select
        reporting_date,
        {{ money("sum(amount)") }} as tier_1_usd
    from own_funds
    where measure = 'own_funds' and (item like 'cet1.%' or item like 'at1.%')
    group by reporting_date
),

rules as (
    select
        reporting_date,
        max(case when rule_id = 'LEX10.definition.large_exposure' then value end)
            as large_exposure_ratio,
        max(case when rule_id = 'LEX20.limit.single_group' then value end) as limit_ratio,
        max(case when rule_id = 'LEX20.report.largest' then value end) as reported_ranks
    from parameters
    group by reporting_date
),

group_totals as (
    select
        reporting_date,
        group_id,
        count(*) as members,
        min(counterparty_name) as counterparty_name,
        max(counterparty_type) as counterparty_type,
        max(connection_basis) as connection_basis,
        max(exemption_reason) as exemption_reason,
        {{ money("sum(exposure_before_usd)") }} as exposure_before_usd,
        {{ money("sum(exposure_after_usd)") }} as exposure_after_usd,
        {{ money("sum(exempt_usd)") }} as exempt_usd,
        {{ money("sum(limited_usd)") }} as limited_usd
    from members
    group by reporting_date, group_id
),

compared as (
    select
        group_totals.*,
        tier_1.tier_1_usd,
        rules.limit_ratio,
        rules.large_exposure_ratio,
        rules.reported_ranks,
        cast(group_totals.exposure_before_usd as double)
        / nullif(cast(tier_1.tier_1_usd as double), 0) as before_ratio,
        cast(group_totals.exposure_after_usd as double)
        / nullif(cast(tier_1.tier_1_usd as double), 0) as after_ratio,
        cast(group_totals.limited_usd as double)
        / nullif(cast(tier_1.tier_1_usd as double), 0) as limited_ratio,
        row_number() over (
            partition by group_totals.reporting_date
            order by group_totals.limited_usd desc, group_totals.group_id asc
        ) as size_rank
    from group_totals
    left join tier_1 on group_totals.reporting_date = tier_1.reporting_date
    left join rules on group_totals.reporting_date = rules.reporting_date
),

judged as (
    select
        *,
        {{ money("limit_ratio * cast(tier_1_usd as double)") }} as limit_usd,
        greatest(exposure_before_usd, exposure_after_usd)
        >= {{ money("large_exposure_ratio * cast(tier_1_usd as double)") }} as is_large_exposure
    from compared
),

final as (
    select
        reporting_date,
        group_id,
        case
            when counterparty_name is null then group_id
            when members = 1 then counterparty_name
            else
                group_id || ': ' || counterparty_name || ' and ' || cast(members - 1 as string)
                || ' connected'
        end as group_name,
        case when members = 1 then counterparty_type end as counterparty_type,
        cast(members as int) as members,
        connection_basis,
        cast(size_rank as int) as size_rank,
        exposure_before_usd,
        exposure_after_usd,
        exempt_usd,
        limited_usd,
        tier_1_usd,
        round(before_ratio, 12) as before_ratio,
        round(after_ratio, 12) as after_ratio,
        round(limited_ratio, 12) as limited_ratio,
        limit_ratio,
        limit_usd,
        is_large_exposure,
        exempt_usd <> 0 and limited_usd = 0 as is_exempt,
        exemption_reason,
        limited_usd > limit_usd as is_breach,
        is_large_exposure or (size_rank <= reported_ranks and limited_usd > 0) as is_reported,
        'LEX10.definition.large_exposure; LEX20.limit.single_group; LEX20.report.largest'
            as rule_ids
    from judged
)

select * from final
