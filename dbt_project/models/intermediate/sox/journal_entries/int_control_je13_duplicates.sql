with journals as (
    select * from {{ ref("int_gl_journals") }}
    where vendor_id is not null
),

days_apart as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-13.days'
),

compared as (
    select
        *,
        lag(journal_id) over (
            partition by vendor_id, document_number order by posting_date, sequence_number
        ) as same_document_journal_id,
        lag(posting_date) over (
            partition by vendor_id, document_number order by posting_date, sequence_number
        ) as same_document_date,
        lag(journal_id) over (
            partition by vendor_id, amount_usd order by posting_date, sequence_number
        ) as same_amount_journal_id,
        lag(posting_date) over (
            partition by vendor_id, amount_usd order by posting_date, sequence_number
        ) as same_amount_date
    from journals
),

measured as (
    select
        compared.*,
        days_apart.value is not null as has_parameter,
        coalesce(
            compared.document_number is not null
            and {{ days_between("compared.same_document_date", "compared.posting_date") }}
            <= days_apart.value,
            false
        ) as is_same_document,
        coalesce(
            {{ days_between("compared.same_amount_date", "compared.posting_date") }}
            <= days_apart.value,
            false
        ) as is_same_amount
    from compared
    left join days_apart
        on
            compared.posting_date >= days_apart.valid_from
            and (days_apart.valid_to is null or compared.posting_date < days_apart.valid_to)
),

final as (
    select
        'JE-13' as control_id,
        journal_id as item_id,
        posting_date as item_date,
        prepared_by as person,
        amount_usd,
        case when has_parameter then is_same_document or is_same_amount end as is_exception,
        case
            when is_same_document
                then
                    'document ' || document_number || ' of vendor ' || vendor_id
                    || ' was posted before, by ' || same_document_journal_id || ' on '
                    || cast(same_document_date as string)
            when is_same_amount
                then
                    'the same amount of vendor ' || vendor_id || ' was posted before, by '
                    || same_amount_journal_id || ' on ' || cast(same_amount_date as string)
        end as reason,
        detail
    from measured
)

select * from final
