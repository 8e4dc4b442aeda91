{{ config(materialized="view") }}

with exposures as (
    select * from {{ ref("int_credit_exposures") }}
),

rules as (
    select * from {{ ref("int_credit_scalar_rules") }}
),

measured as (
    select
        exposures.*,
        coalesce(
            exposures.annual_turnover_eur <= rules.sme_max_turnover_eur, false
        ) as is_sme,
        coalesce(
            exposures.retail_exposure_usd
            > rules.retail_max_exposure_eur * exposures.usd_per_eur,
            false
        ) as is_large_retail,
        coalesce(
            exposures.original_maturity_years <= rules.short_term_years, false
        ) as is_short_term,
        coalesce(exposures.property_use = 'income_producing', false) as is_income_producing,
        exposures.purpose in (
            'project_finance', 'object_finance', 'commodities_finance'
        ) as is_specialised_lending,
        cast(greatest(exposures.on_balance_usd - exposures.provisions_usd, 0) as double)
        / nullif(cast(exposures.on_balance_usd as double), 0) as unprovisioned_share
    from exposures
    left join rules on exposures.reporting_date = rules.reporting_date
),

classed as (
    select
        *,
        case
            when product_type in ('listed_equity', 'unlisted_equity', 'speculative_equity')
                then 'equity'
            when is_defaulted then 'defaulted'
            when is_subordinated then 'subordinated'
            when product_type = 'covered_bond' then 'covered_bond'
            when product_type in ('cash', 'mortgage_backed', 'other_asset') then 'other'
            when product_type = 'residential_mortgage' then 'residential_mortgage'
            when product_type = 'commercial_mortgage' then 'commercial_mortgage'
            when product_type = 'construction_loan' then 'construction'
            when obligor_type = 'sovereign' then 'central_government'
            when obligor_type in ('central_bank', 'public_sector', 'multilateral_bank')
                then obligor_type
            when obligor_type in ('bank', 'broker', 'qualifying_ccp') then 'bank'
            when is_specialised_lending then 'specialised_lending'
            when is_managed_as_retail and not is_large_retail
                then case when is_transactor then 'retail_transactor' else 'retail' end
            when obligor_type = 'individual' then 'retail'
            when obligor_type in ('corporate', 'insurer', 'fund')
                then case when is_sme then 'corporate_sme' else 'corporate' end
            else 'other'
        end as exposure_class,
        {{ credit_weight_rule("", "is_sme", "is_large_retail") }}
            as obligor_rule
    from measured
),

final as (
    select
        *,
        case exposure_class
            when 'equity'
                then 'CRE20.equity.' || case product_type
                    when 'listed_equity' then 'listed'
                    when 'unlisted_equity' then 'unlisted'
                    else 'speculative_unlisted'
                end
            when 'defaulted'
                then case
                    when product_type = 'residential_mortgage' and not is_income_producing
                        then 'CRE20.defaulted.residential'
                    else 'CRE20.defaulted.general'
                end
            when 'subordinated' then 'CRE20.subordinated.general'
            when 'covered_bond'
                then 'CRE20.covered_bond.' || coalesce(
                    'cqs' || cast(issue_quality_step as string),
                    'issuer_cqs' || cast(credit_quality_step as string),
                    'unrated'
                )
            when 'residential_mortgage'
                then 'CRE20.residential.' || case
                    when loan_to_value is null and is_income_producing
                        then 'unqualified_income_producing'
                    when loan_to_value is null then 'unqualified'
                    when is_income_producing then 'income_producing'
                    else 'general'
                end
            when 'commercial_mortgage'
                then 'CRE20.commercial.' || case
                    when loan_to_value is null and is_income_producing
                        then 'unqualified_income_producing'
                    when loan_to_value is null then 'unqualified'
                    when is_income_producing then 'income_producing'
                    when is_sme or obligor_type = 'individual' then 'general'
                    else 'general_large'
                end
            when 'construction'
                then case
                    when is_presold then 'CRE20.construction.presold'
                    else 'CRE20.construction.general'
                end
            when 'other'
                then case
                    when product_type = 'cash' then 'CRE20.other.cash'
                    when product_type = 'other_asset' then 'CRE20.other.other_assets'
                    when product_type = 'mortgage_backed'
                        then {{ rated_rule("securitisation", "issue_quality_step") }}
                    else obligor_rule
                end
            when 'specialised_lending'
                then case
                    when credit_quality_step is not null then obligor_rule
                    when purpose = 'project_finance'
                        then 'CRE20.specialised_lending.project_finance.' || project_phase
                    else 'CRE20.specialised_lending.' || purpose
                end
            else obligor_rule
        end as weight_rule,
        case
            when is_defaulted then coalesce(unprovisioned_share, 1)
            else coalesce(loan_to_value, 0)
        end as weight_measure,
        case exposure_class
            when 'central_government' then obligor_rule like '%.unrated'
            when 'central_bank' then obligor_rule like '%.unrated'
            when 'public_sector' then obligor_rule like '%.unrated'
            when 'multilateral_bank' then obligor_rule like '%.unrated'
            when 'bank' then obligor_rule like '%.unrated'
            when 'corporate' then credit_quality_step is null
            when 'covered_bond' then issue_quality_step is null
            when 'other' then product_type = 'mortgage_backed' and issue_quality_step is null
            else false
        end as is_rating_missing,
        exposure_class = 'other'
        and product_type not in ('cash', 'mortgage_backed', 'other_asset') as is_class_defaulted,
        exposure_class in ('residential_mortgage', 'commercial_mortgage')
        and loan_to_value is null as is_ltv_missing
    from classed
)

select * from final
