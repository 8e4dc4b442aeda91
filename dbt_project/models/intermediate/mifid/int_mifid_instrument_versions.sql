with instruments as (
    select * from {{ ref("stg_reference__instruments") }}
),

final as (
    select
        instrument_id,
        delivery_business_date as valid_from,
        coalesce(
            lead(delivery_business_date) over (
                partition by instrument_id
                order by delivery_business_date
            ),
            cast('9999-01-01' as date)
        ) as valid_to,
        isin,
        underlying_instrument_id
    from instruments
)

select * from final
