-- What comes in within the horizon of the LCR, with its line and the rule that rates it.
with securities_financing as (
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

horizons as (
    select * from {{ ref("int_liquidity_horizons") }}
),

reverse_repo_inflows as (
    select
        reporting_date,
        'inflow' as direction,
        'inflow_secured_lending' as line_item,
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
        'LCR40.inflow' as rule_group,
        'secured_' || collateral_class as parameter_key
    from securities_financing
    where is_in_horizon and direction = 'reverse_repo'
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

derivative_inflows as (
    select
        reporting_date,
        'inflow' as direction,
        'inflow_other' as line_item,
        'fct_positions_daily' as source_model,
        counterparty_lei || ' ' || netting_id as source_row_id,
        'net_value' as row_part,
        counterparty_lei as counterparty_id,
        cast(null as string) as liquidity_class,
        'derivatives' as product_type,
        'USD' as currency,
        cast(null as date) as maturity_date,
        net_value_usd as balance_usd,
        net_value_usd as unweighted_usd,
        'LCR40.inflow' as rule_group,
        'derivatives' as parameter_key
    from derivatives
    where net_value_usd > 0
),

final as (
    select * from reverse_repo_inflows
    union all
    select * from loan_inflows
    union all
    select * from operational_inflows
    union all
    select * from security_inflows
    union all
    select * from derivative_inflows
)

select * from final
