with counterparties as (
    select * from {{ ref("stg_reference__counterparties") }}
),

versions_ordered as (
    select
        *,
        row_number() over (
            partition by counterparty_lei
            order by delivery_business_date
        ) as version_number,
        lead(delivery_business_date) over (
            partition by counterparty_lei
            order by delivery_business_date
        ) as next_delivery_date
    from counterparties
),

final as (
    select
        counterparty_lei,
        counterparty_name,
        counterparty_type,
        sector,
        country,
        coalesce(rating, 'NR') as rating,
        rating is null as is_rating_defaulted,
        rating_agency,
        -- The first version also stands for the time before it was delivered.
        case
            when version_number = 1 then cast('1900-01-01' as date)
            else delivery_business_date
        end as valid_from,
        coalesce(next_delivery_date, cast('9999-01-01' as date)) as valid_to,
        next_delivery_date is null as is_latest
    from versions_ordered
)

select * from final
