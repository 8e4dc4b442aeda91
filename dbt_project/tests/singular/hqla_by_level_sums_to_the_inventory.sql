with inventory as (
    select
        reporting_date,
        hqla_level,
        sum(weighted_usd) as weighted_usd
    from {{ ref("fct_hqla") }}
    group by reporting_date, hqla_level
),

reported as (
    select
        reporting_date,
        'level_1' as hqla_level,
        level_1_usd as weighted_usd
    from {{ ref("fct_lcr") }}
    union all
    select
        reporting_date,
        'level_2a' as hqla_level,
        level_2a_usd as weighted_usd
    from {{ ref("fct_lcr") }}
    union all
    select
        reporting_date,
        'level_2b' as hqla_level,
        level_2b_usd as weighted_usd
    from {{ ref("fct_lcr") }}
)

select
    reported.reporting_date,
    reported.hqla_level,
    reported.weighted_usd as reported_usd,
    inventory.weighted_usd as inventory_usd
from reported
left join inventory
    on
        reported.reporting_date = inventory.reporting_date
        and reported.hqla_level = inventory.hqla_level
where reported.weighted_usd <> coalesce(inventory.weighted_usd, 0)
