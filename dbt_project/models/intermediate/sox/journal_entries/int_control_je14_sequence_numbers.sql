with journals as (
    select * from {{ ref("int_gl_journals") }}
),

years as (
    select
        fiscal_year,
        min(sequence_number) as first_number,
        max(sequence_number) as last_number,
        min(min(fiscal_year)) over () as first_year
    from journals
    group by fiscal_year
),

numbers as (
    {{ number_series("1", "(select max(last_number) from years)", "sequence_number") }}
),

-- The ledger may have begun in its first year before its journals were delivered; others from 1.
numbers_expected as (
    select
        years.fiscal_year,
        numbers.sequence_number
    from years
    inner join numbers on years.last_number >= numbers.sequence_number
    where years.fiscal_year <> years.first_year or numbers.sequence_number >= years.first_number
),

numbers_used as (
    select
        fiscal_year,
        sequence_number,
        count(*) as journal_count,
        min(journal_id) as first_journal_id,
        max(journal_id) as last_journal_id,
        min(posting_date) as posting_date,
        max(prepared_by) as prepared_by,
        max(amount_usd) as amount_usd
    from journals
    group by fiscal_year, sequence_number
),

compared as (
    select
        numbers_expected.fiscal_year,
        numbers_expected.sequence_number,
        numbers_used.journal_count,
        numbers_used.first_journal_id,
        numbers_used.last_journal_id,
        numbers_used.prepared_by,
        numbers_used.amount_usd,
        max(numbers_used.sequence_number) over (
            partition by numbers_expected.fiscal_year
            order by numbers_expected.sequence_number
            rows between unbounded preceding and current row
        ) as number_before,
        min(numbers_used.sequence_number) over (
            partition by numbers_expected.fiscal_year
            order by numbers_expected.sequence_number
            rows between current row and unbounded following
        ) as number_after
    from numbers_expected
    left join numbers_used
        on
            numbers_expected.fiscal_year = numbers_used.fiscal_year
            and numbers_expected.sequence_number = numbers_used.sequence_number
),

-- A missing number has no date: it is that of the number before it, or of the next where it is the
-- first.
dated as (
    select
        compared.*,
        numbers_used.posting_date
    from compared
    left join numbers_used
        on
            compared.fiscal_year = numbers_used.fiscal_year
            and coalesce(compared.number_before, compared.number_after)
            = numbers_used.sequence_number
),

final as (
    select
        'JE-14' as control_id,
        cast(fiscal_year as string) || '-' || cast(sequence_number as string) as item_id,
        posting_date as item_date,
        prepared_by as person,
        amount_usd,
        coalesce(journal_count, 0) <> 1 as is_exception,
        case
            when journal_count is null
                then 'no journal has the number'
            when journal_count > 1
                then
                    cast(journal_count as string) || ' journals have the number, such as '
                    || first_journal_id || ' and ' || last_journal_id
        end as reason,
        case
            when journal_count is null
                then 'after number ' || coalesce(cast(number_before as string), 'none')
            else first_journal_id
        end as detail
    from dated
)

select * from final
