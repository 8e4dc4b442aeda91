-- The items of the groups that are reported, under the group's name.
with items as (
    select * from {{ ref("int_large_exposure_items") }}
),

large_exposures as (
    select *
    from {{ ref("fct_large_exposures") }}
    where is_reported
),

reported_items as (
    select items.*
    from items
    inner join large_exposures
        on
            items.reporting_date = large_exposures.reporting_date
            and items.group_id = large_exposures.group_id
),

measured as (
    select
        reporting_date,
        'large_exposures' as measure,
        group_id,
        source_model,
        source_row_id,
        exposure_after_usd as amount
    from reported_items
    where exemption_reason is null
    union all
    select
        reporting_date,
        'large_exposures_exempt' as measure,
        group_id,
        source_model,
        source_row_id,
        exposure_after_usd as amount
    from reported_items
    where exemption_reason is not null
    union all
    select
        reporting_date,
        'large_exposures_before_mitigation' as measure,
        group_id,
        source_model,
        source_row_id,
        exposure_before_usd as amount
    from reported_items
),

final as (
    select
        reporting_date,
        measure,
        group_id as item,
        source_model,
        source_row_id,
        {{ money("sum(amount)") }} as amount,
        'LEX10.definition.large_exposure; LEX20.limit.single_group; LEX20.report.largest'
            as rule_ids
    from measured
    where amount <> 0
    group by reporting_date, measure, group_id, source_model, source_row_id
)

select * from final
