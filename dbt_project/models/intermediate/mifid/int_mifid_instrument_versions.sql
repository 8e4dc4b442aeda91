with instruments as (
    {{ known_versions(ref("stg_reference__instruments"), "instrument_id") }}
),

final as (
    select
        instrument_id,
        known_from as valid_from,
        known_to as valid_to,
        isin,
        underlying_instrument_id
    from instruments
)

select * from final
