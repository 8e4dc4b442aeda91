-- What may leave within the horizon of the LCR, with its line and the rule that rates it.
with funding as (
    select * from {{ ref("int_liquidity_funding") }}
),

securities_financing as (
    select * from {{ ref("int_liquidity_financing") }}
),

facilities as (
    select * from {{ ref("int_liquidity_facilities") }}
),

derivatives as (
    select * from {{ ref("int_liquidity_derivatives") }}
),

margin_changes as (
    select * from {{ ref("int_variation_margin_changes") }}
),

funding_outflows as (
    select
        reporting_date,
        'outflow' as direction,
        case
            when funding_type = 'retail' and is_stable then 'retail_stable'
            when funding_type = 'retail' then 'retail_less_stable'
            when funding_type = 'issued_debt' then 'unsecured_debt'
            when funding_type = 'central_bank_borrowing' then 'secured_funding'
            when funding_type = 'operational' then 'wholesale_operational'
            else 'wholesale_non_operational'
        end as line_item,
        'stg_treasury__funding' as source_model,
        funding_id as source_row_id,
        row_part,
        provider_id as counterparty_id,
        liquidity_class,
        product_type,
        currency,
        maturity_date,
        amount_usd as balance_usd,
        case when is_in_horizon then amount_usd else {{ money("0") }} end as unweighted_usd,
        case
            when funding_type = 'retail' then 'LCR40.retail'
            when funding_type = 'central_bank_borrowing' then 'LCR40.secured_funding'
            else 'LCR40.wholesale'
        end as rule_group,
        case
            when not is_in_horizon then 'term_beyond_horizon'
            when funding_type = 'retail' and is_stable then 'stable'
            when funding_type = 'retail' then 'less_stable'
            when funding_type = 'issued_debt' then 'issued_debt'
            when funding_type = 'central_bank_borrowing' then 'central_bank'
            when funding_type = 'operational' and row_part = 'insured' then 'operational_insured'
            when funding_type = 'operational' then 'operational'
            when funding_type = 'non_financial' and is_fully_insured then 'non_financial_insured'
            when funding_type = 'non_financial' then 'non_financial'
            else 'other'
        end as parameter_key
    from funding
),

repo_outflows as (
    select
        reporting_date,
        'outflow' as direction,
        'secured_funding' as line_item,
        'stg_treasury__securities_financing' as source_model,
        transaction_id as source_row_id,
        'whole' as row_part,
        counterparty_lei as counterparty_id,
        liquidity_class,
        direction as product_type,
        currency,
        maturity_date,
        cash_usd as balance_usd,
        cash_usd as unweighted_usd,
        'LCR40.secured_funding' as rule_group,
        case
            when collateral_class in ('level_1', 'level_2a') then collateral_class
            when liquidity_class = 'central_bank' then 'central_bank'
            when liquidity_class = 'public_sector' then 'public_sector'
            else collateral_class
        end as parameter_key
    from securities_financing
    where is_in_horizon and direction = 'repo'
),

undrawn_outflows as (
    select
        reporting_date,
        'outflow' as direction,
        case
            when
                is_unconditionally_cancellable
                or product_type in (
                    'trade_letter_of_credit', 'performance_guarantee', 'financial_guarantee'
                )
                then 'contingent'
            else 'facilities'
        end as line_item,
        'stg_lending__credit_facilities' as source_model,
        facility_id as source_row_id,
        'undrawn' as row_part,
        obligor_id as counterparty_id,
        liquidity_class,
        product_type,
        currency,
        maturity_date,
        undrawn_usd as balance_usd,
        undrawn_usd as unweighted_usd,
        case
            when
                is_unconditionally_cancellable
                or product_type in (
                    'trade_letter_of_credit', 'performance_guarantee', 'financial_guarantee'
                )
                then 'LCR40.contingent'
            else 'LCR40.facilities'
        end as rule_group,
        case
            when product_type = 'trade_letter_of_credit' then 'trade_finance'
            when product_type in ('performance_guarantee', 'financial_guarantee')
                then 'guarantees'
            when is_unconditionally_cancellable then 'cancellable'
            when liquidity_class in ('retail', 'small_business') then 'retail'
            when liquidity_class = 'bank' then 'bank'
            when liquidity_class = 'unknown' then 'other'
            when liquidity_class = 'other_financial'
                then
                    case
                        when product_type = 'note_issuance_facility' then 'financial_liquidity'
                        else 'financial_credit'
                    end
            when product_type = 'note_issuance_facility' then 'non_financial_liquidity'
            else 'non_financial_credit'
        end as parameter_key
    from facilities
    where undrawn_usd <> 0
),

derivative_outflows as (
    select
        reporting_date,
        'outflow' as direction,
        'derivatives' as line_item,
        'fct_positions_daily' as source_model,
        counterparty_lei || ' ' || netting_id as source_row_id,
        'net_value' as row_part,
        counterparty_lei as counterparty_id,
        cast(null as string) as liquidity_class,
        'derivatives' as product_type,
        'USD' as currency,
        cast(null as date) as maturity_date,
        -net_value_usd as balance_usd,
        -net_value_usd as unweighted_usd,
        'LCR40.derivatives' as rule_group,
        'net_outflow' as parameter_key
    from derivatives
    where net_value_usd < 0
),

margin_outflows as (
    select
        reporting_date,
        'outflow' as direction,
        'derivatives' as line_item,
        'stg_treasury__netting_sets' as source_model,
        cast(change_date as string) as source_row_id,
        'margin_change' as row_part,
        cast(null as string) as counterparty_id,
        cast(null as string) as liquidity_class,
        'variation_margin' as product_type,
        'USD' as currency,
        cast(null as date) as maturity_date,
        change_usd as balance_usd,
        change_usd as unweighted_usd,
        'LCR40.derivatives' as rule_group,
        'collateral_change' as parameter_key
    from margin_changes
),

final as (
    select * from funding_outflows
    union all
    select * from repo_outflows
    union all
    select * from undrawn_outflows
    union all
    select * from derivative_outflows
    union all
    select * from margin_outflows
)

select * from final
