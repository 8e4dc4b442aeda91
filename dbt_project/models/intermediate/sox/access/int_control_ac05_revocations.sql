with grants as (
    select * from {{ ref("stg_identity__access_grants") }}
),

decisions as (
    select * from {{ ref("stg_identity__access_reviews") }}
    where decision = 'revoke' and reviewed_on is not null
),

known as (
    select max(known_until) as known_until
    from {{ ref("int_sox_periods") }}
),

-- Without a grant on the day of the decision there is nothing left to carry out.
carried_out as (
    select
        decisions.review_id,
        decisions.user_id,
        decisions.role_id,
        decisions.reviewer_id,
        decisions.reviewed_on,
        count(case when grants.grant_id is not null and grants.revoked_on is null then 1 end)
            as grants_left,
        max(coalesce(grants.revoked_on, decisions.reviewed_on)) as last_revoked_on
    from decisions
    left join grants
        on
            decisions.user_id = grants.user_id
            and decisions.role_id = grants.role_id
            and decisions.reviewed_on >= grants.granted_on
    group by
        decisions.review_id,
        decisions.user_id,
        decisions.role_id,
        decisions.reviewer_id,
        decisions.reviewed_on
),

measured as (
    select
        carried_out.*,
        parameters.value as days_allowed,
        {{ days_between(
            "carried_out.reviewed_on",
            "case when carried_out.grants_left > 0 then known.known_until"
            ~ " else carried_out.last_revoked_on end"
        ) }} as days_passed
    from carried_out
    cross join known
    {{ sox_parameter("AC-05.days", "carried_out.reviewed_on") }}
),

judged as (
    select
        *,
        case
            when days_passed > days_allowed then true
            when grants_left = 0 then false
        end as is_exception
    from measured
),

final as (
    select
        {{ sox_control_item(
            control_id="AC-05",
            item_id="review_id",
            item_date="reviewed_on",
            person="user_id",
            is_exception="is_exception",
            reason="case when grants_left > 0 then 'still in force ' else 'revoked ' end"
            ~ " || cast(days_passed as string) || ' days after the decision, '"
            ~ " || cast(cast(days_allowed as int) as string) || ' are allowed'",
            detail="role_id || ' of ' || user_id || ', decided by ' || coalesce(reviewer_id, 'nobody')",
        ) }}
    from judged
)

select * from final
