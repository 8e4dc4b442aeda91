with exposures as (
    select
        reporting_date,
        {{ money("sum(amount_usd)") }} as exposure_usd
    from {{ ref("int_leverage_items") }}
    group by reporting_date
),

amounts as (
    select * from {{ ref("int_capital_amounts") }}
),

requirements as (
    select * from {{ ref("int_leverage_requirements") }}
),

joined as (
    select
        exposures.reporting_date,
        amounts.t1_usd,
        exposures.exposure_usd,
        requirements.minimum_ratio,
        requirements.buffer_ratio,
        requirements.required_ratio,
        {{ money("cast(exposures.exposure_usd as double) * requirements.required_ratio") }}
            as required_usd,
        requirements.rule_ids
    from exposures
    inner join amounts on exposures.reporting_date = amounts.reporting_date
    inner join requirements on exposures.reporting_date = requirements.reporting_date
),

final as (
    select
        reporting_date,
        t1_usd,
        exposure_usd,
        cast(t1_usd as double) / cast(exposure_usd as double) as leverage_ratio,
        minimum_ratio,
        buffer_ratio,
        required_ratio,
        required_usd,
        t1_usd - required_usd as surplus_usd,
        t1_usd >= required_usd as is_met,
        rule_ids
    from joined
)

select * from final
