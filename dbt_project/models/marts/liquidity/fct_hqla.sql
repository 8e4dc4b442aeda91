with securities as (
    select * from {{ ref("int_liquidity_securities") }}
),

securities_financing as (
    select * from {{ ref("int_liquidity_financing") }}
),

judged_securities as (
    select
        reporting_date,
        source_model,
        source_row_id,
        security_name,
        security_type,
        issuer_id,
        issuer_type,
        currency,
        maturity_date,
        rating,
        is_rating_of_issuer,
        false as is_received_as_collateral,
        encumbered_until,
        hqla_level,
        liquidity_factor,
        hqla_rule_id,
        market_value_usd,
        case
            when not is_type_of_hqla then 'not_a_liquid_asset'
            when is_issuer_financial then 'issuer_is_financial'
            when hqla_level is null and rating is null then 'rating_missing'
            when hqla_level is null then 'rating_too_low'
            when book = 'trading' then 'held_in_trading_book'
            when is_encumbered then 'encumbered'
            when not is_operationally_eligible then 'operational_requirements_not_met'
        end as ineligibility_reason
    from securities
),

-- What a reverse repo brought in counts: nothing says that it was passed on.
received_collateral as (
    select
        reporting_date,
        'stg_treasury__securities_financing' as source_model,
        transaction_id as source_row_id,
        cast(null as string) as security_name,
        security_type,
        cast(null as string) as issuer_id,
        cast(null as string) as issuer_type,
        currency,
        security_maturity_date as maturity_date,
        security_rating as rating,
        false as is_rating_of_issuer,
        true as is_received_as_collateral,
        cast(null as date) as encumbered_until,
        hqla_level,
        liquidity_factor,
        hqla_rule_id,
        collateral_usd as market_value_usd,
        case when hqla_level is null then 'not_a_liquid_asset' end as ineligibility_reason
    from securities_financing
    where direction = 'reverse_repo'
),

inventory as (
    select * from judged_securities
    union all
    select * from received_collateral
),

final as (
    select
        reporting_date,
        source_model,
        source_row_id,
        security_name,
        security_type,
        issuer_id,
        issuer_type,
        currency,
        maturity_date,
        rating,
        is_rating_of_issuer,
        is_received_as_collateral,
        security_type = 'listed_equity' and hqla_level is not null
            as is_index_membership_assumed,
        encumbered_until,
        hqla_level,
        liquidity_factor,
        ineligibility_reason is null as is_eligible,
        ineligibility_reason,
        market_value_usd,
        case
            when ineligibility_reason is null
                then {{ money("cast(market_value_usd as double) * liquidity_factor") }}
            else {{ money("0") }}
        end as weighted_usd,
        case
            when hqla_level is not null
                then {{ money("cast(market_value_usd as double) * liquidity_factor") }}
        end as weighted_if_eligible_usd,
        hqla_rule_id
    from inventory
)

select * from final
