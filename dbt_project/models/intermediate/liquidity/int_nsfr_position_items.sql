-- Contracts with their line of the NSFR and the rule that weighs them.
with position_buckets as (
    select * from {{ ref("int_nsfr_position_buckets") }}
),

final as (
    select
        reporting_date,
        case when side = 'asset' then 'rsf' else 'asf' end as side,
        case
            when position_type in ('retail_stable', 'retail_less_stable') then position_type
            when position_type = 'operational' then 'wholesale_operational'
            when side = 'liability' then 'wholesale_other'
            when is_non_performing then 'other_assets'
            when
                position_type = 'security' and product_type in ('cash', 'central_bank_reserves')
                then 'hqla'
            when position_type = 'security' and liquidity_level is not null then 'hqla'
            when position_type = 'security' then 'securities'
            when position_type = 'reverse_repo' and liquidity_class = 'central_bank'
                then 'loans_non_financial'
            when position_type = 'reverse_repo' and liquidity_level = 'level_1'
                then 'loans_financial_level_1'
            when position_type = 'reverse_repo' then 'loans_financial_other'
            when product_type = 'interbank_placement' and maturity_date is null
                then 'operational_deposits'
            when liquidity_class in ('bank', 'other_financial') then 'loans_financial_other'
            when product_type = 'residential_mortgage' and is_low_risk
                then 'residential_mortgages_low_risk'
            when product_type = 'residential_mortgage' then 'residential_mortgages'
            when is_low_risk then 'loans_non_financial_low_risk'
            else 'loans_non_financial'
        end as line_item,
        bucket,
        source_model,
        source_row_id,
        row_part,
        currency,
        bucket_usd as unweighted_usd,
        case when side = 'asset' then 'NSF30.rsf' else 'NSF30.asf' end as rule_group,
        case
            when position_type in ('retail_stable', 'retail_less_stable', 'operational')
                then position_type
            when position_type = 'issued_debt' then 'issued_debt'
            when side = 'liability' and liquidity_class in ('non_financial', 'small_business')
                then 'non_financial'
            when side = 'liability' and liquidity_class = 'public_sector' then 'public_sector'
            when side = 'liability' then 'financial'
            when is_non_performing then 'non_performing'
            when
                position_type = 'security' and product_type in ('cash', 'central_bank_reserves')
                then product_type
            when position_type = 'security' and liquidity_level is not null
                then liquidity_level
            when position_type = 'security' then 'securities'
            when liquidity_class = 'central_bank' then 'central_bank_reserves'
            when position_type = 'reverse_repo' and liquidity_level = 'level_1'
                then 'loans_financial_level_1'
            when position_type = 'reverse_repo' and liquidity_level <> 'other'
                then 'loans_financial_secured'
            when position_type = 'reverse_repo' then 'loans_financial_other'
            when product_type = 'interbank_placement' and maturity_date is null
                then 'operational_deposits'
            when liquidity_class in ('bank', 'other_financial') then 'loans_financial_other'
            when product_type = 'residential_mortgage' and is_low_risk
                then 'residential_mortgages_low_risk'
            when product_type = 'residential_mortgage' then 'residential_mortgages'
            when is_low_risk then 'loans_non_financial_low_risk'
            else 'loans_non_financial'
        end || '.' || bucket as parameter_key,
        case
            when encumbered_until is null or encumbered_until < six_months_date then null
            when encumbered_until < one_year_date then 'at_least.6_to_12m'
            else 'at_least.from_1y'
        end as encumbrance_key,
        is_risk_weight_missing
    from position_buckets
)

select * from final
