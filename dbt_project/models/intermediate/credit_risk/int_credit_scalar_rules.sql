{%- set rules = {
    "sme_max_turnover_eur": "CRE20.corporate_sme.max_turnover",
    "retail_max_exposure_eur": "CRE20.retail.max_exposure",
    "short_term_years": "CRE20.bank.short_term_years",
    "mismatch_multiplier": "CRE20.currency_mismatch.multiplier",
    "mismatch_max_weight": "CRE20.currency_mismatch.max_weight",
    "sme_factor_first": "CRE20.supporting.sme_first",
    "sme_factor_rest": "CRE20.supporting.sme_rest",
    "sme_factor_threshold_eur": "CRE20.supporting.sme_threshold",
    "sme_factor_max_turnover_eur": "CRE20.supporting.sme_max_turnover",
    "infrastructure_factor": "CRE20.supporting.infrastructure",
    "currency_haircut": "CRE22.haircut.currency",
    "guarantee_currency_haircut": "CRE22.guarantee.currency",
    "haircut_base_days": "CRE22.haircut.base_days",
    "mismatch_min_years": "CRE22.maturity_mismatch.min_years",
    "mismatch_max_years": "CRE22.maturity_mismatch.max_years",
    "confidence_level": "CRE31.confidence_level",
    "rwa_multiplier": "CRE31.rwa_multiplier",
    "scaling_factor": "CRE31.scaling_factor",
    "mortgage_weight_floor": "CRE31.mortgage_weight_floor",
    "financial_multiplier": "CRE31.correlation.financial_multiplier",
    "sme_reduction": "CRE31.correlation.sme_reduction",
    "sme_min_turnover_eur": "CRE31.correlation.sme_min_turnover",
    "sme_correlation_max_turnover_eur": "CRE31.correlation.sme_max_turnover",
    "slope_intercept": "CRE31.maturity.slope_intercept",
    "slope_log": "CRE31.maturity.slope_log",
    "reference_maturity_years": "CRE31.maturity.reference",
    "min_maturity_years": "CRE31.maturity.min",
    "max_maturity_years": "CRE31.maturity.max",
    "slotting_short_maturity_years": "CRE33.slotting.short_maturity_years",
    "provision_excess_cap": "CRE35.excess_cap",
} -%}
with parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

final as (
    select
        reporting_date,
    {% for column, rule_id in rules.items() -%}
        max(case when rule_id = '{{ rule_id }}' then value end)
            as {{ column }}{{ "," if not loop.last }}
    {% endfor %}
    from parameters
    where
        rule_id in (
            {% for rule_id in rules.values() -%}
                '{{ rule_id }}'{{ "," if not loop.last }}
            {% endfor %}
        )
    group by reporting_date
)

select * from final
