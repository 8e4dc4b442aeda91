with parties as (
    select * from {{ ref("stg_execution__transaction_parties") }}
),

national_identifiers as (
    select
        country,
        identifier_type,
        valid_from,
        coalesce(valid_to, cast('9999-01-01' as date)) as valid_to
    from {{ ref("mifid_national_identifiers") }}
),

nationalities as (
    select
        parties.nationality,
        max(national_identifiers.valid_to) as listed_to
    from parties
    left join national_identifiers on parties.nationality = national_identifiers.country
    where parties.nationality is not null
    group by parties.nationality
),

-- ZZ stands for every nationality that the list does not name, or names no more.
allowed_identifiers as (
    select
        nationalities.nationality,
        national_identifiers.identifier_type,
        min(
            case
                when
                    national_identifiers.country = 'ZZ'
                    and nationalities.listed_to > national_identifiers.valid_from
                    then nationalities.listed_to
                else national_identifiers.valid_from
            end
        ) as allowed_from,
        max(national_identifiers.valid_to) as allowed_to
    from nationalities
    inner join national_identifiers
        on
            nationalities.nationality = national_identifiers.country
            or (
                national_identifiers.country = 'ZZ'
                and coalesce(nationalities.listed_to, national_identifiers.valid_from)
                < national_identifiers.valid_to
            )
    group by nationalities.nationality, national_identifiers.identifier_type
),

final as (
    select
        parties.party_id,
        parties.delivery_business_date as valid_from,
        coalesce(
            lead(parties.delivery_business_date) over (
                partition by parties.party_id
                order by parties.delivery_business_date
            ),
            cast('9999-01-01' as date)
        ) as valid_to,
        parties.party_type,
        parties.client_category,
        parties.lei,
        parties.nationality,
        parties.identifier_type,
        allowed_identifiers.allowed_from as identifier_allowed_from,
        allowed_identifiers.allowed_to as identifier_allowed_to,
        parties.national_id_token,
        parties.national_id_masked,
        parties.first_name_token,
        parties.first_name_masked,
        parties.surname_token,
        parties.surname_masked,
        parties.birth_date_token,
        parties.birth_date_masked,
        parties.branch_country,
        parties.is_identifier_well_formed,
        parties.is_concat_consistent,
        parties.is_name_upper,
        parties.is_birth_date_plausible
    from parties
    left join allowed_identifiers
        on
            parties.nationality = allowed_identifiers.nationality
            and parties.identifier_type = allowed_identifiers.identifier_type
)

select * from final
