{%- set sources = [
    "loans", "mortgages", "cards", "guarantees", "securities", "derivatives", "other_assets"
] -%}
with exposures as (
    {% for source in sources -%}
        select * from {{ ref("int_exposures_" ~ source) }}
        {{ "union all" if not loop.last }}
    {% endfor %}
),

-- What a group owes decides the supporting factor, what an obligor owes whether it is retail.
group_totals as (
    select
        reporting_date,
        coalesce(connected_group_id, obligor_id) as group_id,
        {{ money("sum(on_balance_usd)") }} as group_exposure_usd
    from exposures
    where obligor_id is not null and product_type <> 'residential_mortgage'
    group by reporting_date, coalesce(connected_group_id, obligor_id)
),

retail_totals as (
    select
        reporting_date,
        obligor_id,
        {{ money("sum(on_balance_usd + off_balance_usd)") }} as retail_exposure_usd
    from exposures
    where is_managed_as_retail and product_type <> 'residential_mortgage'
    group by reporting_date, obligor_id
),

final as (
    select
        exposures.*,
        group_totals.group_exposure_usd,
        cast(retail_totals.retail_exposure_usd as double) as retail_exposure_usd
    from exposures
    left join group_totals
        on
            exposures.reporting_date = group_totals.reporting_date
            and coalesce(exposures.connected_group_id, exposures.obligor_id)
            = group_totals.group_id
    left join retail_totals
        on
            exposures.reporting_date = retail_totals.reporting_date
            and exposures.obligor_id = retail_totals.obligor_id
)

select * from final
