with positions as (
    select * from {{ ref("stg_execution__commodity_positions") }}
),

final as (
    select
        business_date,
        contract_code,
        maturity_month,
        case when is_spot_month then 'spot_month' else 'other_months' end as limit_type,
        cast(long_lots as decimal(38, 4)) as long_lots,
        cast(short_lots as decimal(38, 4)) as short_lots,
        cast(option_delta_lots as decimal(38, 4)) as option_delta_lots,
        cast(long_lots - short_lots + option_delta_lots as decimal(38, 4)) as net_lots
    from positions
)

select * from final
