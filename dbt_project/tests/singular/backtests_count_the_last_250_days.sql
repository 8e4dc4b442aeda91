with exceptions as (
    select
        *,
        row_number() over (
            partition by scope_type, scope_id, confidence_level
            order by business_date desc
        ) as recency
    from {{ ref("fct_var_exceptions_daily") }}
),

recounted as (
    select
        max(business_date) as business_date,
        scope_type,
        scope_id,
        confidence_level,
        count(*) as observations,
        count(case when is_actual_exception then 1 end) as actual_exceptions,
        count(case when is_hypothetical_exception then 1 end) as hypothetical_exceptions
    from exceptions
    where recency <= 250
    group by scope_type, scope_id, confidence_level
),

backtests as (
    select
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        max(observations) as observations,
        max(case when pnl_type = 'actual' then exceptions end) as actual_exceptions,
        max(case when pnl_type = 'hypothetical' then exceptions end) as hypothetical_exceptions,
        max(case when pnl_type = 'larger' then exceptions end) as larger_exceptions
    from {{ ref("fct_var_backtests_daily") }}
    group by business_date, scope_type, scope_id, confidence_level
)

select
    recounted.business_date,
    recounted.scope_type,
    recounted.scope_id,
    recounted.confidence_level,
    recounted.actual_exceptions,
    recounted.hypothetical_exceptions,
    backtests.larger_exceptions
from recounted
left join backtests
    on
        recounted.business_date = backtests.business_date
        and recounted.scope_type = backtests.scope_type
        and recounted.scope_id = backtests.scope_id
        and recounted.confidence_level = backtests.confidence_level
where
    not coalesce(
        recounted.observations = backtests.observations
        and recounted.actual_exceptions = backtests.actual_exceptions
        and recounted.hypothetical_exceptions = backtests.hypothetical_exceptions
        and greatest(recounted.actual_exceptions, recounted.hypothetical_exceptions)
        = backtests.larger_exceptions,
        false
    )
