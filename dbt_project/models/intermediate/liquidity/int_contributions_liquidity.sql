with lcr as (
    select * from {{ ref("fct_lcr") }}
),

hqla as (
    select * from {{ ref("fct_hqla") }}
),

flows as (
    select * from {{ ref("fct_lcr_flows") }}
),

nsfr_items as (
    select * from {{ ref("fct_nsfr_items") }}
),

liquid_assets as (
    select
        reporting_date,
        'hqla' as measure,
        hqla_level as item,
        source_model,
        source_row_id,
        weighted_usd as amount,
        hqla_rule_id as rule_ids
    from hqla
    where is_eligible
),

liquid_asset_caps as (
    select
        reporting_date,
        'hqla' as measure,
        'cap_adjustment' as item,
        'fct_lcr' as source_model,
        cast(reporting_date as string) as source_row_id,
        {{ money("-(level_2b_adjustment_usd + level_2_adjustment_usd)") }} as amount,
        'LCR30.cap.level_2; LCR30.cap.level_2b' as rule_ids
    from lcr
    where level_2b_adjustment_usd + level_2_adjustment_usd <> 0
),

unweighted_flows as (
    select
        reporting_date,
        'lcr_unweighted' as measure,
        line_item as item,
        source_model,
        source_row_id,
        unweighted_usd as amount,
        rate_rule_id as rule_ids
    from flows
    where unweighted_usd <> 0
),

weighted_flows as (
    select
        reporting_date,
        'lcr_weighted' as measure,
        line_item as item,
        source_model,
        source_row_id,
        weighted_usd as amount,
        rate_rule_id as rule_ids
    from flows
    where unweighted_usd <> 0
),

inflow_caps as (
    select
        reporting_date,
        'lcr_weighted' as measure,
        'inflow_cap_adjustment' as item,
        'fct_lcr' as source_model,
        cast(reporting_date as string) as source_row_id,
        {{ money("inflows_after_cap_usd - inflows_usd") }} as amount,
        'LCR40.inflow_cap.share_of_outflows' as rule_ids
    from lcr
    where is_inflow_cap_binding
),

unweighted_stable_funding as (
    select
        reporting_date,
        'nsfr_unweighted' as measure,
        side || '.' || line_item || '.' || bucket as item,
        source_model,
        source_row_id,
        unweighted_usd as amount,
        factor_rule_id as rule_ids
    from nsfr_items
),

weighted_stable_funding as (
    select
        reporting_date,
        'nsfr_weighted' as measure,
        side || '.' || line_item || '.' || bucket as item,
        source_model,
        source_row_id,
        weighted_usd as amount,
        factor_rule_id as rule_ids
    from nsfr_items
),

all_amounts as (
    select * from liquid_assets
    union all
    select * from liquid_asset_caps
    union all
    select * from unweighted_flows
    union all
    select * from weighted_flows
    union all
    select * from inflow_caps
    union all
    select * from unweighted_stable_funding
    union all
    select * from weighted_stable_funding
),

-- Parts of one contract in one cell are one contribution.
final as (
    select
        reporting_date,
        measure,
        item,
        source_model,
        source_row_id,
        {{ money("sum(amount)") }} as amount,
        case
            when min(rule_ids) = max(rule_ids) then min(rule_ids)
            else min(rule_ids) || '; ' || max(rule_ids)
        end as rule_ids
    from all_amounts
    group by reporting_date, measure, item, source_model, source_row_id
)

select * from final
