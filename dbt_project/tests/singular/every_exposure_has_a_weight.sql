select
    classes.reporting_date,
    classes.exposure_id,
    classes.source_model,
    classes.source_row_id,
    case when weights.risk_weight is null then classes.weight_rule end as missing_weight_rule,
    case
        when classes.off_balance_usd > 0 and weights.ccf_rule_id is null
            then 'CRE20.ccf.' || coalesce(classes.commitment_kind, 'unknown')
    end as missing_conversion_rule
from {{ ref("int_credit_exposure_classes") }} as classes
left join {{ ref("int_credit_exposure_weights") }} as weights
    on
        classes.reporting_date = weights.reporting_date
        and classes.exposure_id = weights.exposure_id
where
    weights.risk_weight is null
    or (classes.off_balance_usd > 0 and weights.ccf_rule_id is null)
