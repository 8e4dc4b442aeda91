with source as (
    {{ latest_rows(source("execution", "transaction_parties"), ["party_id", "_business_date"]) }}
),

renamed as (
    select
        party_id,
        party_type,
        client_category,
        lei,
        nationality,
        identifier_type,
        national_id_token,
        national_id_masked,
        first_name_token,
        first_name_masked,
        surname_token,
        surname_masked,
        birth_date_token,
        birth_date_masked,
        branch_country,
        recorded_on,
        is_identifier_well_formed,
        is_concat_consistent,
        is_name_upper,
        is_birth_date_plausible,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
