with counterparty_versions as (
    select *
    from {{ ref("int_counterparty_versions") }}
    where is_latest
),

final as (
    select
        counterparty_lei,
        counterparty_name,
        counterparty_type,
        sector,
        country,
        rating,
        is_rating_defaulted,
        rating_agency
    from counterparty_versions
)

select * from final
