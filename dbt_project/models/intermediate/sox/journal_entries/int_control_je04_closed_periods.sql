with journals as (
    select * from {{ ref("int_gl_journals") }}
),

closing_calendar as (
    select * from {{ ref("stg_ledger__closing_calendar") }}
),

versions_ranked as (
    select
        *,
        row_number() over (partition by fiscal_period order by version desc) as recency
    from closing_calendar
),

-- A period stays reopened as it was authorised, whatever later versions say.
periods as (
    select
        fiscal_period,
        max(case when recency = 1 then closes_at end) as closes_at,
        max(case when authorised_by is not null then reopened_until end) as reopened_until
    from versions_ranked
    group by fiscal_period
),

judged as (
    select
        journals.*,
        periods.closes_at,
        periods.reopened_until,
        journals.entered_at > periods.closes_at
        and coalesce(journals.entered_at > periods.reopened_until, true) as is_exception
    from journals
    left join periods on journals.fiscal_period = periods.fiscal_period
),

final as (
    select
        'JE-04' as control_id,
        journal_id as item_id,
        posting_date as item_date,
        prepared_by as person,
        amount_usd,
        is_exception,
        case
            when is_exception
                then
                    'entered ' || cast(entered_at as string) || ' UTC into ' || fiscal_period
                    || ', which closed ' || cast(closes_at as string) || ' UTC'
                    || coalesce(
                        ' and was open again until ' || cast(reopened_until as string), ''
                    )
        end as reason,
        detail
    from judged
)

select * from final
