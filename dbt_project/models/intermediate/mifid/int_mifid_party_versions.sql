with parties as (
    select * from {{ ref("stg_execution__transaction_parties") }}
),

final as (
    select
        party_id,
        delivery_business_date as valid_from,
        coalesce(
            lead(delivery_business_date) over (
                partition by party_id
                order by delivery_business_date
            ),
            cast('9999-01-01' as date)
        ) as valid_to,
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
        is_identifier_well_formed,
        is_concat_consistent,
        is_name_upper,
        is_birth_date_plausible
    from parties
)

select * from final
