with journals as (
    select * from {{ ref("int_gl_journals") }}
    where source = 'manual' and has_revenue
),

group_controllers as (
    select * from {{ ref("sox_journal_approvers") }}
    where authority = 'group_controller'
),

final as (
    select
        'JE-09' as control_id,
        journals.journal_id as item_id,
        journals.posting_date as item_date,
        coalesce(journals.approved_by, journals.prepared_by) as person,
        journals.amount_usd,
        group_controllers.user_id is null as is_exception,
        case
            when journals.approved_by is null then 'posts to revenue and nobody approved it'
            when group_controllers.user_id is null
                then
                    'posts to revenue and was approved by ' || journals.approved_by
                    || ', who is no group financial controller'
        end as reason,
        journals.detail
    from journals
    left join group_controllers
        on
            journals.approved_by = group_controllers.user_id
            and journals.posting_date >= group_controllers.valid_from
            and (
                group_controllers.valid_to is null
                or journals.posting_date < group_controllers.valid_to
            )
)

select * from final
