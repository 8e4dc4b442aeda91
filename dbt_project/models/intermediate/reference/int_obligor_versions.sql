with obligors as (
    select * from {{ ref("stg_lending__obligors") }}
),

versions_ordered as (
    select
        *,
        row_number() over (
            partition by obligor_id
            order by delivery_business_date
        ) as version_number,
        lead(delivery_business_date) over (
            partition by obligor_id
            order by delivery_business_date
        ) as next_delivery_date
    from obligors
),

final as (
    select
        obligor_id,
        obligor_name,
        obligor_type,
        country,
        external_rating,
        annual_turnover_eur,
        scra_grade,
        default_probability,
        income_currency,
        connected_group_id,
        connection_basis,
        -- The first version also stands for the time before it was delivered.
        case
            when version_number = 1 then cast('1900-01-01' as date)
            else delivery_business_date
        end as valid_from,
        coalesce(next_delivery_date, cast('9999-01-01' as date)) as valid_to
    from versions_ordered
)

select * from final
