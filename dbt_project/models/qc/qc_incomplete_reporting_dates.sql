with missing_feeds as (
    select * from {{ ref("int_basel_missing_feeds") }}
),

final as (
    select
        reporting_date,
        feed
    from missing_feeds
)

select * from final
