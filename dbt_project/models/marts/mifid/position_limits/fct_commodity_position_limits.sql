with positions as (
    select * from {{ ref("fct_commodity_positions") }}
),

contracts as (
    select * from {{ ref("commodity_position_limits") }}
),

parameters as (
    select * from {{ ref("mifid_parameters") }}
),

-- Long and short of every month but the spot month net against each other, options by their delta.
netted as (
    select
        business_date,
        contract_code,
        limit_type,
        count(*) as maturities,
        sum(long_lots) as long_lots,
        sum(short_lots) as short_lots,
        sum(option_delta_lots) as option_delta_lots,
        sum(net_lots) as net_lots
    from positions
    group by business_date, contract_code, limit_type
),

rules as (
    select
        dates.business_date,
        max(
            case
                when parameters.parameter_id = 'RTS21.spot_month.baseline' then parameters.value
            end
        ) as spot_month_ratio,
        max(case when parameters.parameter_id = 'RTS21.spot_month.food' then parameters.value end)
            as spot_month_food_ratio,
        max(
            case when parameters.parameter_id = 'RTS21.food.open_interest' then parameters.value end
        ) as food_open_interest_lots,
        max(
            case
                when parameters.parameter_id = 'RTS21.other_months.baseline' then parameters.value
            end
        ) as other_months_ratio,
        max(
            case
                when parameters.parameter_id = 'RTS21.open_interest.baseline' then parameters.value
            end
        ) as open_interest_ratio,
        max(
            case when parameters.parameter_id = 'RTS21.open_interest.food' then parameters.value end
        ) as open_interest_food_ratio,
        max(
            case when parameters.parameter_id = 'RTS21.adjustment.lowest' then parameters.value end
        ) as lowest_ratio,
        max(
            case when parameters.parameter_id = 'RTS21.adjustment.highest' then parameters.value end
        ) as highest_ratio,
        max(
            case
                when parameters.parameter_id = 'HOUSE.position_limit.warning' then parameters.value
            end
        ) as warning_ratio
    from (select distinct business_date from netted) as dates
    inner join parameters
        on
            dates.business_date >= parameters.valid_from
            and dates.business_date < coalesce(parameters.valid_to, cast('9999-01-01' as date))
    group by dates.business_date
),

with_contract as (
    select
        netted.*,
        contracts.contract_name,
        contracts.venue_mic,
        contracts.commodity_type,
        contracts.is_food,
        contracts.lot_size,
        contracts.lot_unit,
        contracts.deliverable_supply_lots,
        contracts.open_interest_lots,
        contracts.open_interest_3m_low_lots,
        contracts.is_supply_substantially_higher and rules.open_interest_ratio is not null
            as is_open_interest_for_supply,
        case netted.limit_type
            when 'spot_month' then contracts.spot_month_set_lots
            else contracts.other_months_set_lots
        end as set_lots,
        rules.spot_month_ratio,
        rules.spot_month_food_ratio,
        rules.food_open_interest_lots,
        rules.other_months_ratio,
        rules.open_interest_ratio,
        rules.open_interest_food_ratio,
        rules.lowest_ratio,
        rules.highest_ratio,
        rules.warning_ratio
    from netted
    left join contracts
        on
            netted.contract_code = contracts.contract_code
            and netted.business_date >= contracts.valid_from
            and netted.business_date < coalesce(contracts.valid_to, cast('9999-01-01' as date))
    left join rules on netted.business_date = rules.business_date
),

with_rule as (
    select
        *,
        case
            when contract_name is null then null
            when is_open_interest_for_supply and is_food then 'RTS21.open_interest.food'
            when is_open_interest_for_supply then 'RTS21.open_interest.baseline'
            when limit_type = 'other_months' then 'RTS21.other_months.baseline'
            when is_food and open_interest_3m_low_lots > food_open_interest_lots
                then 'RTS21.spot_month.food'
            else 'RTS21.spot_month.baseline'
        end as rule_id
    from with_contract
),

with_baseline as (
    select
        *,
        case rule_id
            when 'RTS21.open_interest.food' then open_interest_food_ratio
            when 'RTS21.open_interest.baseline' then open_interest_ratio
            when 'RTS21.other_months.baseline' then other_months_ratio
            when 'RTS21.spot_month.food' then spot_month_food_ratio
            when 'RTS21.spot_month.baseline' then spot_month_ratio
        end as baseline_ratio,
        case
            when rule_id in ('RTS21.spot_month.food', 'RTS21.spot_month.baseline')
                then 'deliverable_supply'
            when rule_id is not null then 'open_interest'
        end as baseline_basis,
        case
            when rule_id in ('RTS21.spot_month.food', 'RTS21.spot_month.baseline')
                then deliverable_supply_lots
            when rule_id is not null then open_interest_lots
        end as basis_lots
    from with_rule
),

with_limit as (
    select
        *,
        cast(baseline_ratio * basis_lots as decimal(38, 4)) as baseline_lots,
        cast(coalesce(set_lots, baseline_ratio * basis_lots) as decimal(38, 4)) as limit_lots
    from with_baseline
),

final as (
    select
        business_date,
        contract_code,
        limit_type,
        contract_name,
        venue_mic,
        commodity_type,
        is_food,
        lot_size,
        lot_unit,
        cast(maturities as int) as maturities,
        cast(long_lots as decimal(38, 4)) as long_lots,
        cast(short_lots as decimal(38, 4)) as short_lots,
        cast(option_delta_lots as decimal(38, 4)) as option_delta_lots,
        cast(net_lots as decimal(38, 4)) as net_lots,
        rule_id,
        cast(baseline_ratio as double) as baseline_ratio,
        baseline_basis,
        cast(basis_lots as decimal(38, 4)) as basis_lots,
        baseline_lots,
        cast(set_lots as decimal(38, 4)) as set_lots,
        set_lots >= lowest_ratio * basis_lots
        and set_lots <= highest_ratio * basis_lots as is_set_within_range,
        limit_lots,
        round(
            abs(cast(net_lots as double)) * 100 / nullif(cast(limit_lots as double), 0), 6
        ) as utilisation_pct,
        case
            when limit_lots is null then 'missing'
            when abs(net_lots) > limit_lots then 'breach'
            when abs(net_lots) >= limit_lots * warning_ratio then 'warning'
            else 'within'
        end as status,
        case when contract_name is null then 'No limit is known for the contract.' end as note
    from with_limit
)

select * from final
