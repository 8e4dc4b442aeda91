{% macro rated_rule(family, step) -%}
    'CRE20.{{ family }}.' || coalesce('cqs' || cast({{ step }} as string), 'unrated')
{%- endmacro %}

{% macro credit_weight_rule(relation, is_sme, is_large_retail) -%}
    case
        when {{ relation }}.obligor_type in ('sovereign', 'central_bank')
            then 'CRE20.sovereign.' || coalesce(
                'cqs' || cast({{ relation }}.credit_quality_step as string),
                'eca' || cast({{ relation }}.eca_score as string),
                'unrated'
            )
        when {{ relation }}.obligor_type = 'public_sector'
            then {{ rated_rule("public_sector", relation ~ ".credit_quality_step") }}
        when {{ relation }}.obligor_type = 'multilateral_bank'
            then case
                when {{ relation }}.credit_quality_step = 1 then 'CRE20.multilateral_bank.listed'
                else {{ rated_rule("multilateral_bank", relation ~ ".credit_quality_step") }}
            end
        when {{ relation }}.obligor_type in ('bank', 'broker')
            then 'CRE20.bank.' || case
                when {{ relation }}.is_short_term then 'short_term.' else ''
            end || coalesce(
                'cqs' || cast({{ relation }}.credit_quality_step as string),
                case {{ relation }}.scra_grade
                    when 'A+' then 'scra_a_plus'
                    when 'A' then 'scra_a'
                    when 'B' then 'scra_b'
                    when 'C' then 'scra_c'
                end,
                'unrated'
            )
        when {{ relation }}.obligor_type = 'qualifying_ccp' then 'CRE20.other.qualifying_ccp'
        when {{ relation }}.is_managed_as_retail
            then case
                when {{ is_large_retail }} and {{ relation }}.obligor_type = 'individual'
                    then 'CRE20.retail.other'
                when {{ is_large_retail }} and {{ is_sme }} then 'CRE20.corporate_sme.unrated'
                when {{ is_large_retail }} then 'CRE20.corporate.unrated'
                when {{ relation }}.is_transactor then 'CRE20.retail.transactor'
                else 'CRE20.retail.regulatory'
            end
        when {{ relation }}.obligor_type in ('corporate', 'insurer', 'fund')
            then case
                when {{ relation }}.credit_quality_step is null and {{ is_sme }}
                    then 'CRE20.corporate_sme.unrated'
                else {{ rated_rule("corporate", relation ~ ".credit_quality_step") }}
            end
        else 'CRE20.other.unclassified'
    end
{%- endmacro %}
