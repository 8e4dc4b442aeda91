with journals as (
    select * from {{ ref("int_gl_journals") }}
    where source = 'manual'
),

final as (
    select
        'JE-02' as control_id,
        journal_id as item_id,
        posting_date as item_date,
        prepared_by as person,
        amount_usd,
        approved_by is null or approved_by = prepared_by as is_exception,
        case
            when approved_by is null then 'nobody approved it'
            when approved_by = prepared_by
                then 'the preparer approved it at ' || cast(approved_at as string) || ' UTC'
        end as reason,
        detail
    from journals
)

select * from final
