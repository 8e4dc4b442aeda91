with active_accounts as (
    select * from {{ ref("int_sox_active_accounts") }}
),

accounts as (
    select * from {{ ref("int_sox_latest_accounts") }}
),

reviews as (
    select * from {{ ref("stg_identity__access_reviews") }}
),

quarters as (
    select * from {{ ref("int_sox_periods") }}
    where frequency = 'quarterly' and is_closed
),

privileged as (
    select
        quarters.quarter_id,
        quarters.ends_on,
        quarters.known_until,
        active_accounts.user_id,
        active_accounts.employee_id,
        active_accounts.owner_id
    from quarters
    inner join active_accounts on quarters.as_of_date = active_accounts.as_of_date
    where active_accounts.is_privileged
),

-- The reviewer's own employee is what counts: an administrator may hold a second account.
reviewed as (
    select
        privileged.quarter_id,
        privileged.user_id,
        min(reviews.reviewer_id) as reviewer_id,
        min(reviews.reviewed_on) as reviewed_on,
        min(
            case
                when
                    reviews.decision is not null
                    and reviews.reviewer_id <> privileged.user_id
                    and coalesce(reviewers.employee_id, '')
                    <> coalesce(privileged.employee_id, privileged.user_id)
                    and coalesce(reviewers.employee_id, '')
                    <> coalesce(privileged.owner_id, privileged.user_id)
                    then reviews.reviewed_on
            end
        ) as reviewed_by_another_on
    from privileged
    inner join reviews
        on privileged.quarter_id = reviews.quarter and privileged.user_id = reviews.user_id
    left join accounts as reviewers on reviews.reviewer_id = reviewers.user_id
    group by privileged.quarter_id, privileged.user_id
),

measured as (
    select
        privileged.*,
        reviewed.reviewer_id,
        reviewed.reviewed_on,
        reviewed.reviewed_by_another_on,
        parameters.value as days_allowed,
        {{ days_between(
            "privileged.ends_on",
            "coalesce(reviewed.reviewed_by_another_on, privileged.known_until)"
        ) }} as days_passed
    from privileged
    left join reviewed
        on
            privileged.quarter_id = reviewed.quarter_id
            and privileged.user_id = reviewed.user_id
    {{ sox_parameter("AC-06.days", "privileged.ends_on") }}
),

judged as (
    select
        *,
        case
            when days_passed > days_allowed then true
            when reviewed_by_another_on is not null then false
        end as is_exception
    from measured
),

final as (
    select
        {{ sox_control_item(
            control_id="AC-06",
            item_id="user_id || '|' || quarter_id",
            item_date="ends_on",
            person="reviewer_id",
            is_exception="is_exception",
            reason="case"
            ~ " when reviewed_by_another_on is not null then 'reviewed ' || cast(days_passed as string)"
            ~ " || ' days after quarter end, ' || cast(cast(days_allowed as int) as string)"
            ~ " || ' are allowed'"
            ~ " when reviewed_on is not null"
            ~ " then 'reviewed by its holder or owner or without a decision' else 'not reviewed' end",
            detail="'owner ' || coalesce(owner_id, 'nobody') || ', reviewed on '"
            ~ " || coalesce(cast(reviewed_on as string), 'no day') || ' by '"
            ~ " || coalesce(reviewer_id, 'nobody')",
        ) }}
    from judged
)

select * from final
