with exposures as (
    select *
    from {{ ref("fct_credit_exposures") }}
    where is_rating_missing or is_class_defaulted or is_ltv_missing
),

final as (
    select
        reporting_date,
        exposure_id,
        exposure_type,
        obligor_id,
        exposure_class,
        is_rating_missing,
        is_class_defaulted,
        is_ltv_missing,
        ead_usd,
        risk_weight,
        rwa_usd,
        risk_weight_rule_id,
        case
            when is_class_defaulted then 'no class: the obligor is not known to lending'
            when is_ltv_missing then 'no loan-to-value: the property has no value'
            else 'no rating and no grade'
        end as note
    from exposures
)

select * from final
