with controls as (
    select * from {{ ref("sox_controls") }}
),

periods as (
    select * from {{ ref("int_sox_periods") }}
),

items as (
    select * from {{ ref("int_control_items") }}
),

missing_sources as (
    select * from {{ ref("int_sox_missing_sources") }}
),

-- What the rule was: the file of the control's model as it was when this build was made.
models as (
    {{ model_hashes(sox_control_models()) }}
),

counted as (
    select
        control_id,
        period_id,
        count(*) as population,
        count(is_exception) as tested,
        count(case when is_exception then 1 end) as exceptions,
        sum(amount_usd) as population_usd,
        sum(case when is_exception then amount_usd end) as exceptions_usd
    from items
    group by control_id, period_id
),

lacking as (
    select
        control_id,
        period_id,
        min(feed) as missing_feed,
        min(first_missing_on) as first_missing_on
    from missing_sources
    group by control_id, period_id
),

-- Exact decimals: 29 % of 100 items are 29 and not a hair less.
measured as (
    select
        controls.*,
        periods.period_id,
        periods.quarter_id,
        periods.starts_on,
        periods.ends_on,
        periods.as_of_date,
        periods.is_closed,
        models.model_sha256,
        lacking.missing_feed,
        lacking.first_missing_on,
        coalesce(counted.population, 0) as population,
        coalesce(counted.tested, 0) as tested,
        coalesce(counted.population, 0) - coalesce(counted.tested, 0) as untested,
        coalesce(counted.exceptions, 0) as exceptions,
        counted.population_usd,
        counted.exceptions_usd,
        greatest(
            coalesce(controls.tolerance_items, 0),
            cast(
                floor(
                    cast(coalesce(controls.tolerance_rate, 0) as decimal(9, 6))
                    * coalesce(counted.tested, 0)
                ) as bigint
            )
        ) as tolerance_allowed
    from controls
    inner join periods on controls.frequency = periods.frequency
    left join models on controls.model_name = models.model_name
    left join counted
        on controls.control_id = counted.control_id and periods.period_id = counted.period_id
    left join lacking
        on controls.control_id = lacking.control_id and periods.period_id = lacking.period_id
),

-- Items that could not be tested might all be exceptions: they keep a control from being effective,
-- and never make it ineffective.
judged as (
    select
        *,
        case
            when missing_feed is not null then 'source_missing'
            when population = 0 then 'empty_population'
            when exceptions <= tolerance_allowed and exceptions + untested > tolerance_allowed
                then 'items_untested'
        end as not_tested_because
    from measured
),

final as (
    select
        control_id,
        period_id,
        control_name,
        process,
        risk,
        objective,
        assertion,
        control_type,
        automation,
        frequency,
        rule_kind,
        is_key,
        is_indirect,
        lower(owner) as owner,
        lower(reviewer) as reviewer,
        population_words,
        test_words,
        compensating_control_id,
        quarter_id,
        starts_on,
        ends_on,
        as_of_date,
        is_closed,
        population,
        tested,
        untested,
        exceptions,
        {{ money("population_usd") }} as population_usd,
        {{ money("exceptions_usd") }} as exceptions_usd,
        cast(exceptions as double) / nullif(tested, 0) as exception_rate,
        cast(tolerance_allowed as bigint) as tolerance_allowed,
        case
            when not_tested_because is not null then 'not_tested'
            when exceptions > tolerance_allowed then 'ineffective'
            else 'effective'
        end as conclusion,
        not_tested_because,
        case
            when not_tested_because = 'source_missing'
                then
                    missing_feed || ' had not arrived for ' || cast(first_missing_on as string)
            when not_tested_because = 'empty_population'
                then 'nothing happened in the period that the control could be tested on'
            when not_tested_because = 'items_untested'
                then
                    cast(untested as string) || ' of ' || cast(population as string)
                    || ' items cannot be judged yet; with '
                    || cast(exceptions as string) || ' exceptions they could exceed the '
                    || cast(tolerance_allowed as string) || ' allowed'
            else
                cast(exceptions as string) || ' exceptions in ' || cast(tested as string)
                || ' items tested, ' || cast(tolerance_allowed as string) || ' allowed'
                || case
                    when is_closed then '' else '; so far, to ' || cast(as_of_date as string)
                end
        end as reason,
        model_name,
        model_sha256
    from judged
)

select * from final
