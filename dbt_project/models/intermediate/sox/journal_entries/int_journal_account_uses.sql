-- The use that is so many uses earlier tells how often an account was used in the time before:
-- joined by its number, so that nothing is counted over a moving window.
with journal_lines as (
    select * from {{ ref("stg_ledger__gl_journals") }}
),

debits as (
    select distinct
        journal_id,
        account_code
    from journal_lines
    where amount > 0
),

credits as (
    select distinct
        journal_id,
        account_code
    from journal_lines
    where amount < 0
),

uses as (
    select
        journal_id,
        account_code as used
    from debits
    union distinct
    select
        journal_id,
        account_code as used
    from credits
    union distinct
    select
        debits.journal_id,
        debits.account_code || ' to ' || credits.account_code as used
    from debits
    inner join credits on debits.journal_id = credits.journal_id
),

journals as (
    select
        journal_id,
        posting_date,
        sequence_number,
        source
    from {{ ref("int_gl_journals") }}
),

uses_needed as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-10.uses'
),

numbered as (
    select
        uses.journal_id,
        uses.used,
        journals.posting_date,
        journals.source,
        row_number() over (
            partition by uses.used
            order by journals.posting_date, journals.sequence_number, uses.journal_id
        ) as use_number
    from uses
    inner join journals on uses.journal_id = journals.journal_id
),

with_parameters as (
    select
        numbered.*,
        uses_needed.value as uses_needed,
        numbered.use_number - cast(uses_needed.value as bigint) as earlier_number
    from numbered
    left join uses_needed
        on
            numbered.posting_date >= uses_needed.valid_from
            and (uses_needed.valid_to is null or numbered.posting_date < uses_needed.valid_to)
    where numbered.source = 'manual'
),

final as (
    select
        with_parameters.journal_id,
        with_parameters.used,
        with_parameters.posting_date,
        cast(with_parameters.uses_needed as int) as uses_needed,
        earlier_uses.posting_date as earlier_date
    from with_parameters
    left join numbered as earlier_uses
        on
            with_parameters.used = earlier_uses.used
            and with_parameters.earlier_number = earlier_uses.use_number
)

select * from final
