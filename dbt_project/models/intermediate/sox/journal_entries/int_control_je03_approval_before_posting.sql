-- A journal that nobody or its preparer approved is an exception of JE-02 and not counted twice.
with journals as (
    select * from {{ ref("int_gl_journals") }}
    where source = 'manual' and approved_by <> prepared_by
),

approvers as (
    select * from {{ ref("sox_journal_approvers") }}
),

judged as (
    select
        journals.*,
        approvers.user_id is not null as is_entitled,
        approvers.limit_usd,
        coalesce(journals.amount_usd >= approvers.limit_usd, false) as is_above_limit,
        cast(journals.approved_at_local as date) > journals.posting_date as is_late
    from journals
    left join approvers
        on
            journals.approved_by = approvers.user_id
            and journals.posting_date >= approvers.valid_from
            and (approvers.valid_to is null or journals.posting_date < approvers.valid_to)
),

final as (
    select
        'JE-03' as control_id,
        journal_id as item_id,
        posting_date as item_date,
        approved_by as person,
        amount_usd,
        not is_entitled or is_above_limit or coalesce(is_late, true) as is_exception,
        case
            when approved_at is null then 'it has an approver and no time of approval'
            when is_late
                then
                    'approved at ' || cast(approved_at as string) || ' UTC, after the posting date '
                    || cast(posting_date as string)
            when not is_entitled then approved_by || ' is not entitled to approve journals'
            when is_above_limit
                then
                    approved_by || ' approves below ' || cast(limit_usd as string)
                    || ' USD, and the journal has ' || cast(amount_usd as string)
        end as reason,
        detail
    from judged
)

select * from final
