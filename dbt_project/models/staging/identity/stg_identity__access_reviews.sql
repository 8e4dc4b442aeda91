with source as (
    {{ latest_rows(source("identity", "access_reviews"), ["review_id"]) }}
),

renamed as (
    select
        review_id,
        quarter,
        user_id,
        role_id,
        reviewer_id,
        reviewed_on,
        decision,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
