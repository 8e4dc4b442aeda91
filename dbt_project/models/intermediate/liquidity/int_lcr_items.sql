-- Every amount that flows within the horizon of the LCR, with its line and the rule that rates it.
with funding as (
    select * from {{ ref("int_liquidity_funding") }}
),

securities_financing as (
    select * from {{ ref("int_liquidity_financing") }}
),

facilities as (
    select * from {{ ref("int_liquidity_facilities") }}
),

securities as (
    select * from {{ ref("int_liquidity_securities") }}
),

hqla as (
    select * from {{ ref("fct_hqla") }}
),

derivatives as (
    select * from {{ ref("int_liquidity_derivatives") }}
),

margin_changes as (
    select * from {{ ref("int_variation_margin_changes") }}
),

horizons as (
    select * from {{ ref("int_liquidity_horizons") }}
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

financing_flows as (
    select
        reporting_date,
        case when direction = 'repo' then 'outflow' else 'inflow' end as direction,
        case when direction = 'repo' then 'secured_funding' else 'inflow_secured_lending' end
            as line_item,
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
        case when direction = 'repo' then 'LCR40.secured_funding' else 'LCR40.inflow' end
            as rule_group,
        case
            when direction = 'reverse_repo' then 'secured_' || collateral_class
            when collateral_class in ('level_1', 'level_2a') then collateral_class
            when liquidity_class = 'central_bank' then 'central_bank'
            when liquidity_class = 'public_sector' then 'public_sector'
            else collateral_class
        end as parameter_key
    from securities_financing
    where is_in_horizon
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

loan_inflows as (
    select
        reporting_date,
        'inflow' as direction,
        'inflow_performing' as line_item,
        'stg_lending__credit_facilities' as source_model,
        facility_id as source_row_id,
        'due' as row_part,
        obligor_id as counterparty_id,
        liquidity_class,
        product_type,
        currency,
        maturity_date,
        drawn_usd as balance_usd,
        due_in_horizon_usd as unweighted_usd,
        'LCR40.inflow' as rule_group,
        case
            when liquidity_class in ('retail', 'small_business') then 'retail'
            when liquidity_class in ('bank', 'other_financial') then 'financial'
            when liquidity_class = 'central_bank' then 'central_bank'
            else 'non_financial'
        end as parameter_key
    from facilities
    where is_performing and due_in_horizon_usd <> 0
),

-- Money at other banks without a maturity serves payments and cannot be relied on.
operational_inflows as (
    select
        reporting_date,
        'inflow' as direction,
        'inflow_performing' as line_item,
        'stg_lending__credit_facilities' as source_model,
        facility_id as source_row_id,
        'operational' as row_part,
        obligor_id as counterparty_id,
        liquidity_class,
        product_type,
        currency,
        maturity_date,
        drawn_usd as balance_usd,
        drawn_usd as unweighted_usd,
        'LCR40.inflow' as rule_group,
        'operational_deposits' as parameter_key
    from facilities
    where
        is_performing
        and product_type = 'interbank_placement'
        and maturity_date is null
        and drawn_usd <> 0
),

-- A security that counts as a liquid asset does not count again when it matures.
security_inflows as (
    select
        securities.reporting_date,
        'inflow' as direction,
        'inflow_other' as line_item,
        securities.source_model,
        securities.source_row_id,
        'due' as row_part,
        securities.issuer_id as counterparty_id,
        securities.issuer_class as liquidity_class,
        securities.security_type as product_type,
        securities.currency,
        securities.maturity_date,
        securities.carrying_usd as balance_usd,
        securities.carrying_usd as unweighted_usd,
        'LCR40.inflow' as rule_group,
        'securities' as parameter_key
    from securities
    inner join hqla
        on
            securities.reporting_date = hqla.reporting_date
            and securities.source_model = hqla.source_model
            and securities.source_row_id = hqla.source_row_id
    inner join horizons on securities.reporting_date = horizons.reporting_date
    where
        not hqla.is_eligible
        and securities.days_to_maturity <= horizons.lcr_horizon_days
        and not securities.is_encumbered
),

derivative_flows as (
    select
        reporting_date,
        case when net_value_usd < 0 then 'outflow' else 'inflow' end as direction,
        case when net_value_usd < 0 then 'derivatives' else 'inflow_other' end as line_item,
        'fct_positions_daily' as source_model,
        counterparty_lei || ' ' || netting_id as source_row_id,
        'net_value' as row_part,
        counterparty_lei as counterparty_id,
        cast(null as string) as liquidity_class,
        'derivatives' as product_type,
        'USD' as currency,
        cast(null as date) as maturity_date,
        abs(net_value_usd) as balance_usd,
        abs(net_value_usd) as unweighted_usd,
        case when net_value_usd < 0 then 'LCR40.derivatives' else 'LCR40.inflow' end
            as rule_group,
        case when net_value_usd < 0 then 'net_outflow' else 'derivatives' end as parameter_key
    from derivatives
    where net_value_usd <> 0
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
    select * from financing_flows
    union all
    select * from undrawn_outflows
    union all
    select * from loan_inflows
    union all
    select * from operational_inflows
    union all
    select * from security_inflows
    union all
    select * from derivative_flows
    union all
    select * from margin_outflows
)

select * from final
