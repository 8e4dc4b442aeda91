with journals as (
    select
        *,
        row_number() over (
            partition by prepared_by order by posting_date, sequence_number, journal_id
        ) as journal_number,
        min(posting_date) over () as first_posting_date
    from {{ ref("int_gl_journals") }}
    where source = 'manual'
),

journals_needed as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-11.journals'
),

days_looked_back as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-11.lookback_days'
),

days_of_history as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-11.history_days'
),

with_parameters as (
    select
        journals.*,
        journals_needed.value as journals_needed,
        days_looked_back.value as lookback_days,
        {{ days_between("journals.first_posting_date", "journals.posting_date") }}
        >= days_of_history.value as has_history,
        journals.journal_number - cast(journals_needed.value as bigint) as earlier_number
    from journals
    left join journals_needed
        on
            journals.posting_date >= journals_needed.valid_from
            and (
                journals_needed.valid_to is null or journals.posting_date < journals_needed.valid_to
            )
    left join days_looked_back
        on
            journals.posting_date >= days_looked_back.valid_from
            and (
                days_looked_back.valid_to is null
                or journals.posting_date < days_looked_back.valid_to
            )
    left join days_of_history
        on
            journals.posting_date >= days_of_history.valid_from
            and (
                days_of_history.valid_to is null or journals.posting_date < days_of_history.valid_to
            )
),

-- So many journals earlier: when that one is too long ago, or is none, the person seldom posts.
judged as (
    select
        with_parameters.*,
        case
            when with_parameters.has_history and with_parameters.journals_needed is not null
                then
                    coalesce(
                        {{ days_between(
                            "earlier_journals.posting_date", "with_parameters.posting_date"
                        ) }}
                        > with_parameters.lookback_days,
                        true
                    )
        end as is_exception
    from with_parameters
    left join journals as earlier_journals
        on
            with_parameters.prepared_by = earlier_journals.prepared_by
            and with_parameters.earlier_number = earlier_journals.journal_number
),

final as (
    select
        'JE-11' as control_id,
        journal_id as item_id,
        posting_date as item_date,
        prepared_by as person,
        amount_usd,
        is_exception,
        case
            when is_exception
                then
                    prepared_by || ' prepared fewer than '
                    || cast(cast(journals_needed as int) as string) || ' manual journals in the '
                    || cast(cast(lookback_days as int) as string) || ' days before'
        end as reason,
        detail
    from judged
)

select * from final
