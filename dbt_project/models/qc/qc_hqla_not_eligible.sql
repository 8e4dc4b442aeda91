with hqla as (
    select *
    from {{ ref("fct_hqla") }}
    where
        ineligibility_reason in (
            'encumbered', 'operational_requirements_not_met', 'rating_missing'
        )
),

final as (
    select
        reporting_date,
        source_model,
        source_row_id,
        security_name,
        security_type,
        issuer_id,
        currency,
        rating,
        hqla_level,
        encumbered_until,
        market_value_usd,
        weighted_if_eligible_usd,
        ineligibility_reason
    from hqla
)

select * from final
