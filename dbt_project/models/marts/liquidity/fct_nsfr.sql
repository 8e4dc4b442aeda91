with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

items as (
    select * from {{ ref("fct_nsfr_items") }}
),

parameters as (
    select *
    from {{ ref("int_basel_parameters") }}
    where rule_id = 'NSF20.minimum.nsfr'
),

totals as (
    select
        reporting_date,
        sum(case when side = 'asf' then weighted_usd else 0 end) as available_usd,
        sum(case when side = 'rsf' then weighted_usd else 0 end) as required_usd
    from items
    group by reporting_date
),

joined as (
    select
        basel_dates.reporting_date,
        {{ money("coalesce(totals.available_usd, 0)") }} as available_stable_funding_usd,
        {{ money("coalesce(totals.required_usd, 0)") }} as required_stable_funding_usd,
        parameters.value as minimum_ratio,
        parameters.rule_id as rule_ids
    from basel_dates
    left join totals on basel_dates.reporting_date = totals.reporting_date
    left join parameters on basel_dates.reporting_date = parameters.reporting_date
),

compared as (
    select
        *,
        {{ money("minimum_ratio * cast(required_stable_funding_usd as double)") }} as minimum_usd
    from joined
),

final as (
    select
        reporting_date,
        available_stable_funding_usd,
        required_stable_funding_usd,
        round(
            cast(available_stable_funding_usd as double)
            / nullif(cast(required_stable_funding_usd as double), 0),
            12
        ) as nsfr_ratio,
        minimum_ratio,
        {{ money("available_stable_funding_usd - minimum_usd") }} as surplus_usd,
        available_stable_funding_usd >= minimum_usd as is_met,
        rule_ids
    from compared
)

select * from final
