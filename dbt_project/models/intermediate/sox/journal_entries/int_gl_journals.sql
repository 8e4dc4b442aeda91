with journal_lines as (
    select * from {{ ref("stg_ledger__gl_journals") }}
),

accounts as (
    select * from {{ ref("stg_ledger__gl_accounts") }}
),

-- Everything but account, amount and entity is of the journal and the same on its lines.
journals as (
    select
        journal_lines.journal_id,
        min(journal_lines.sequence_number) as sequence_number,
        min(journal_lines.fiscal_year) as fiscal_year,
        min(journal_lines.posting_date) as posting_date,
        min(journal_lines.effective_date) as effective_date,
        min(journal_lines.entered_at) as entered_at,
        min(journal_lines.source) as source,
        min(journal_lines.description) as description,
        max(length(trim(journal_lines.description))) as description_length,
        min(journal_lines.prepared_by) as prepared_by,
        min(journal_lines.approved_by) as approved_by,
        min(journal_lines.approved_at) as approved_at,
        min(journal_lines.vendor_id) as vendor_id,
        min(journal_lines.document_number) as document_number,
        count(*) as line_count,
        max(case when accounts.account_class = 'revenue' then 1 else 0 end) = 1 as has_revenue,
        coalesce(
            sum(case when journal_lines.amount > 0 then journal_lines.amount end), 0
        ) as debits_usd,
        coalesce(
            -sum(case when journal_lines.amount < 0 then journal_lines.amount end), 0
        ) as credits_usd
    from journal_lines
    left join accounts on journal_lines.account_code = accounts.account_code
    group by journal_lines.journal_id
),

final as (
    select
        journal_id,
        sequence_number,
        fiscal_year,
        posting_date,
        effective_date,
        substring(cast(effective_date as string), 1, 7) as fiscal_period,
        entered_at,
        {{ local_time("entered_at", "Europe/London") }} as entered_at_local,
        source,
        description,
        description_length,
        prepared_by,
        approved_by,
        approved_at,
        {{ local_time("approved_at", "Europe/London") }} as approved_at_local,
        vendor_id,
        document_number,
        cast(line_count as int) as line_count,
        has_revenue,
        {{ money("greatest(debits_usd, credits_usd)") }} as amount_usd,
        source || ' journal, number ' || cast(sequence_number as string)
        || ' of ' || cast(fiscal_year as string)
        || ', counts on ' || cast(effective_date as string)
        || ', entered ' || cast(entered_at as string) || ' UTC'
        || coalesce(', vendor ' || vendor_id, '')
        || coalesce(', document ' || document_number, '')
        || coalesce(', "' || description || '"', '') as detail
    from journals
)

select * from final
