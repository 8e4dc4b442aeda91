with fills as (
    select * from {{ ref("int_best_execution_fills") }}
),

requirements as (
    select * from {{ ref("clock_requirements") }}
),

with_requirement as (
    select
        fills.*,
        cast(requirements.granularity_us as bigint) as granularity_us,
        cast(requirements.divergence_us as bigint) as divergence_us,
        -- A stamp with d digits after the second counts in steps of 10 ^ (6 - d) microseconds. They
        -- are judged on a venue; off venue a second does, which every stamp has.
        case
            when fills.executed_at_utc is not null and fills.venue_mic not in ('XOFF', 'XXXX')
                then power(10, 6 - fills.executed_at_fraction_digits)
        end as venue_stamp_granularity_us,
        -fills.microseconds_since_receipt as lead_us
    from fills
    left join requirements
        on
            fills.activity = requirements.activity
            and fills.trade_date >= requirements.valid_from
            and fills.trade_date < coalesce(requirements.valid_to, cast('9999-01-01' as date))
),

counted as (
    select
        trade_date,
        activity,
        max(granularity_us) as required_granularity_us,
        max(divergence_us) as max_divergence_us,
        count(*) as executions,
        count(*) - count(executed_at_utc) as executions_unreadable,
        min(executed_at_fraction_digits) as fewest_fraction_digits,
        max(executed_at_fraction_digits) as most_fraction_digits,
        count(
            case when venue_stamp_granularity_us > granularity_us then 1 end
        ) as executions_too_coarse,
        count(
            case when executed_at_fraction_digits >= 3 and executed_at like '%000Z' then 1 end
        ) as executions_ending_in_zeros,
        count(case when lead_us > 0 then 1 end) as executions_before_order,
        count(case when lead_us > divergence_us then 1 end) as executions_beyond_divergence,
        max(case when lead_us > 0 then lead_us end) as largest_lead_us
    from with_requirement
    group by trade_date, activity
),

final as (
    select
        trade_date,
        activity,
        required_granularity_us,
        max_divergence_us,
        cast(executions as int) as executions,
        cast(executions_unreadable as int) as executions_unreadable,
        cast(fewest_fraction_digits as int) as fewest_fraction_digits,
        cast(most_fraction_digits as int) as most_fraction_digits,
        case
            when required_granularity_us is not null then cast(executions_too_coarse as int)
        end as executions_too_coarse,
        cast(executions_ending_in_zeros as int) as executions_ending_in_zeros,
        cast(executions_before_order as int) as executions_before_order,
        case
            when max_divergence_us is not null then cast(executions_beyond_divergence as int)
        end as executions_beyond_divergence,
        cast(largest_lead_us as bigint) as largest_lead_us,
        case
            when required_granularity_us is null or max_divergence_us is null then 'no_requirement'
            when executions_unreadable + executions_too_coarse + executions_beyond_divergence > 0
                then 'breach'
            else 'within'
        end as status
    from counted
)

select * from final
