with source as (
    {{ latest_rows(source("lending", "obligors"), ["obligor_id", "_business_date"]) }}
),

renamed as (
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
        is_investment_grade,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
