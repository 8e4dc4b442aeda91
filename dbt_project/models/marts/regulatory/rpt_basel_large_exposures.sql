with large_exposures as (
    select *
    from {{ ref("fct_large_exposures") }}
    where is_reported
),

contributions as (
    select *
    from {{ ref("fct_basel_contributions") }}
    where measure in ('large_exposures', 'large_exposures_exempt')
),

contribution_counts as (
    select
        reporting_date,
        item as group_id,
        count(*) as contribution_count
    from contributions
    group by reporting_date, item
),

final as (
    select
        large_exposures.reporting_date,
        cast(large_exposures.size_rank as string) as row_number,
        large_exposures.size_rank as row_order,
        large_exposures.group_id,
        large_exposures.group_name as label,
        large_exposures.members,
        large_exposures.exposure_before_usd,
        large_exposures.exposure_after_usd,
        large_exposures.exempt_usd,
        large_exposures.limited_usd,
        large_exposures.tier_1_usd,
        100 * large_exposures.limited_ratio as limited_pct,
        large_exposures.limit_usd,
        100 * large_exposures.limit_ratio as limit_pct,
        large_exposures.is_large_exposure,
        large_exposures.is_breach,
        coalesce(contribution_counts.contribution_count, 0) as contribution_count,
        large_exposures.rule_ids,
        case
            when large_exposures.tier_1_usd is null then 'There is no Tier 1 capital on this date.'
            when large_exposures.is_exempt
                then concat('Exempt from the limit: ', large_exposures.exemption_reason, '.')
        end as note
    from large_exposures
    left join contribution_counts
        on
            large_exposures.reporting_date = contribution_counts.reporting_date
            and large_exposures.group_id = contribution_counts.group_id
)

select * from final
