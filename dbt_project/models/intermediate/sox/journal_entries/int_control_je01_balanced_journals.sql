with journals as (
    select * from {{ ref("int_gl_journals") }}
),

journal_lines as (
    select * from {{ ref("stg_ledger__gl_journals") }}
),

entities_out_of_balance as (
    select
        journal_id,
        entity,
        sum(amount) as balance_usd
    from journal_lines
    group by journal_id, entity
    having sum(amount) <> 0
),

journals_out_of_balance as (
    select
        journal_id,
        count(*) as entity_count,
        min(entity) as first_entity,
        max(abs(balance_usd)) as largest_usd
    from entities_out_of_balance
    group by journal_id
),

final as (
    select
        'JE-01' as control_id,
        journals.journal_id as item_id,
        journals.posting_date as item_date,
        journals.prepared_by as person,
        journals.amount_usd,
        journals_out_of_balance.journal_id is not null as is_exception,
        case
            when journals_out_of_balance.entity_count = 1
                then
                    'the lines of entity ' || journals_out_of_balance.first_entity
                    || ' are out of balance by '
                    || cast(journals_out_of_balance.largest_usd as string) || ' USD'
            when journals_out_of_balance.entity_count > 1
                then
                    cast(journals_out_of_balance.entity_count as string)
                    || ' entities are out of balance, one of them by '
                    || cast(journals_out_of_balance.largest_usd as string) || ' USD'
        end as reason,
        journals.detail
    from journals
    left join journals_out_of_balance on journals.journal_id = journals_out_of_balance.journal_id
)

select * from final
