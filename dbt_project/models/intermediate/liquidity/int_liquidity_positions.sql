-- What the bank holds and owes, contract by contract, with the day it contractually comes due: the
-- common ground of NSFR and maturity ladder.
with facilities as (
    select * from {{ ref("int_liquidity_facilities") }}
),

securities as (
    select * from {{ ref("int_liquidity_securities") }}
),

securities_financing as (
    select * from {{ ref("int_liquidity_financing") }}
),

funding as (
    select * from {{ ref("int_liquidity_funding") }}
),

facility_positions as (
    select
        reporting_date,
        'asset' as side,
        'stg_lending__credit_facilities' as source_model,
        facility_id as source_row_id,
        'whole' as row_part,
        'facility' as position_type,
        product_type,
        obligor_id as counterparty_id,
        liquidity_class,
        currency,
        maturity_date,
        repayment_type = 'amortising' as is_amortising,
        maturity_date is null and product_type = 'interbank_placement' as is_on_demand,
        is_non_performing,
        cast(null as string) as liquidity_level,
        cast(null as date) as encumbered_until,
        carrying_usd as amount_usd
    from facilities
    where carrying_usd <> 0
),

security_positions as (
    select
        reporting_date,
        'asset' as side,
        source_model,
        source_row_id,
        'whole' as row_part,
        'security' as position_type,
        security_type as product_type,
        issuer_id as counterparty_id,
        issuer_class as liquidity_class,
        currency,
        maturity_date,
        false as is_amortising,
        security_type in ('cash', 'central_bank_reserves') as is_on_demand,
        false as is_non_performing,
        case
            when hqla_level = 'level_2b' and security_type = 'mortgage_backed'
                then 'level_2b_mortgage_backed'
            else hqla_level
        end as liquidity_level,
        encumbered_until,
        carrying_usd as amount_usd
    from securities
    where carrying_usd <> 0
),

financing_positions as (
    select
        reporting_date,
        case when direction = 'repo' then 'liability' else 'asset' end as side,
        'stg_treasury__securities_financing' as source_model,
        transaction_id as source_row_id,
        'whole' as row_part,
        direction as position_type,
        direction as product_type,
        counterparty_lei as counterparty_id,
        liquidity_class,
        currency,
        maturity_date,
        false as is_amortising,
        maturity_date is null as is_on_demand,
        false as is_non_performing,
        collateral_class as liquidity_level,
        cast(null as date) as encumbered_until,
        cash_usd as amount_usd
    from securities_financing
    where cash_usd <> 0
),

funding_positions as (
    select
        reporting_date,
        'liability' as side,
        'stg_treasury__funding' as source_model,
        funding_id as source_row_id,
        row_part,
        case
            when funding_type = 'retail' and is_stable then 'retail_stable'
            when funding_type = 'retail' then 'retail_less_stable'
            else funding_type
        end as position_type,
        product_type,
        provider_id as counterparty_id,
        liquidity_class,
        currency,
        maturity_date,
        false as is_amortising,
        is_callable as is_on_demand,
        false as is_non_performing,
        cast(null as string) as liquidity_level,
        cast(null as date) as encumbered_until,
        amount_usd
    from funding
    where amount_usd <> 0
),

all_positions as (
    select * from facility_positions
    union all
    select * from security_positions
    union all
    select * from financing_positions
    union all
    select * from funding_positions
),

final as (
    select
        *,
        {{ days_between("reporting_date", "maturity_date") }} as days_to_maturity
    from all_positions
)

select * from final
