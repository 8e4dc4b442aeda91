{% macro rated_rule(family, step) -%}
    'CRE20.{{ family }}.' || coalesce('cqs' || cast({{ step }} as string), 'unrated')
{%- endmacro %}

{% macro credit_weight_rule(prefix, is_sme, is_large_retail) -%}
    case
        when {{ prefix }}obligor_type in ('sovereign', 'central_bank')
            then 'CRE20.sovereign.' || coalesce(
                'cqs' || cast({{ prefix }}credit_quality_step as string),
                'eca' || cast({{ prefix }}eca_score as string),
                'unrated'
            )
        when {{ prefix }}obligor_type = 'public_sector'
            then {{ rated_rule("public_sector", prefix ~ "credit_quality_step") }}
        when {{ prefix }}obligor_type = 'multilateral_bank'
            then case
                when {{ prefix }}credit_quality_step = 1 then 'CRE20.multilateral_bank.listed'
                else {{ rated_rule("multilateral_bank", prefix ~ "credit_quality_step") }}
            end
        when {{ prefix }}obligor_type in ('bank', 'broker')
            then 'CRE20.bank.' || case
                when {{ prefix }}is_short_term then 'short_term.' else ''
            end || coalesce(
                'cqs' || cast({{ prefix }}credit_quality_step as string),
                case {{ prefix }}scra_grade
                    when 'A+' then 'scra_a_plus'
                    when 'A' then 'scra_a'
                    when 'B' then 'scra_b'
                    when 'C' then 'scra_c'
                end,
                'unrated'
            )
        when {{ prefix }}obligor_type = 'qualifying_ccp' then 'CRE20.other.qualifying_ccp'
        when {{ prefix }}is_managed_as_retail
            then case
                when {{ is_large_retail }} and {{ prefix }}obligor_type = 'individual'
                    then 'CRE20.retail.other'
                when {{ is_large_retail }} and {{ is_sme }} then 'CRE20.corporate_sme.unrated'
                when {{ is_large_retail }} then 'CRE20.corporate.unrated'
                when {{ prefix }}is_transactor then 'CRE20.retail.transactor'
                else 'CRE20.retail.regulatory'
            end
        when {{ prefix }}obligor_type in ('corporate', 'insurer', 'fund')
            then case
                when {{ prefix }}credit_quality_step is null and {{ is_sme }}
                    then 'CRE20.corporate_sme.unrated'
                else {{ rated_rule("corporate", prefix ~ "credit_quality_step") }}
            end
        else 'CRE20.other.unclassified'
    end
{%- endmacro %}
