with grants as (
    select * from {{ ref("stg_identity__access_grants") }}
),

reviews as (
    select * from {{ ref("stg_identity__access_reviews") }}
),

accounts as (
    select * from {{ ref("int_sox_latest_accounts") }}
),

quarters as (
    select * from {{ ref("int_sox_periods") }}
    where frequency = 'quarterly' and is_closed
),

granted as (
    select distinct
        quarters.quarter_id,
        quarters.ends_on,
        quarters.known_until,
        grants.user_id,
        grants.role_id
    from quarters
    inner join grants
        on
            quarters.ends_on >= grants.granted_on
            and quarters.ends_on
            < coalesce(grants.revoked_on, cast('9999-01-01' as date))
),

reviewed as (
    select
        reviews.quarter,
        reviews.user_id,
        reviews.role_id,
        min(reviews.reviewed_on) as reviewed_on,
        min(reviews.reviewer_id) as reviewer_id,
        min(
            case
                when
                    reviews.decision is not null
                    and reviews.reviewer_id <> reviews.user_id
                    and coalesce(reviewers.employee_id, reviews.reviewer_id)
                    <> coalesce(holders.employee_id, reviews.user_id)
                    then reviews.reviewed_on
            end
        ) as reviewed_by_another_on
    from reviews
    left join accounts as holders on reviews.user_id = holders.user_id
    left join accounts as reviewers on reviews.reviewer_id = reviewers.user_id
    group by reviews.quarter, reviews.user_id, reviews.role_id
),

measured as (
    select
        granted.*,
        reviewed.reviewed_on,
        reviewed.reviewer_id,
        reviewed.reviewed_by_another_on,
        parameters.value as days_allowed,
        {{ days_between(
            "granted.ends_on", "coalesce(reviewed.reviewed_by_another_on, granted.known_until)"
        ) }} as days_passed
    from granted
    left join reviewed
        on
            granted.quarter_id = reviewed.quarter
            and granted.user_id = reviewed.user_id
            and granted.role_id = reviewed.role_id
    {{ sox_parameter("AC-04.days", "granted.ends_on") }}
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
            control_id="AC-04",
            item_id="user_id || '|' || role_id || '|' || quarter_id",
            item_date="ends_on",
            person="reviewer_id",
            is_exception="is_exception",
            reason="case"
            ~ " when reviewed_by_another_on is not null then 'reviewed ' || cast(days_passed as string)"
            ~ " || ' days after quarter end, ' || cast(cast(days_allowed as int) as string)"
            ~ " || ' are allowed'"
            ~ " when reviewed_on is not null then 'reviewed by its user or without a decision'"
            ~ " else 'not reviewed' end",
            detail="'reviewed on ' || coalesce(cast(reviewed_on as string), 'no day') || ' by '"
            ~ " || coalesce(reviewer_id, 'nobody')",
        ) }}
    from judged
)

select * from final
