with balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

tolerances as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'RC-04.tolerance_usd'
),

totals as (
    select
        as_of_date,
        sum(case when account_class = 'asset' then balance_amount end) as assets_usd,
        sum(case when account_class = 'liability' then balance_amount end) as liabilities_usd,
        sum(case when account_class = 'equity' then balance_amount end) as equity_usd
    from balances
    group by as_of_date
),

judged as (
    select
        totals.*,
        abs(totals.assets_usd - totals.liabilities_usd - totals.equity_usd) as difference_usd,
        abs(totals.assets_usd - totals.liabilities_usd - totals.equity_usd)
        > tolerances.value as is_exception
    from totals
    left join tolerances
        on
            totals.as_of_date >= tolerances.valid_from
            and (tolerances.valid_to is null or totals.as_of_date < tolerances.valid_to)
),

final as (
    select
        'RC-04' as control_id,
        cast(as_of_date as string) as item_id,
        as_of_date as item_date,
        cast(null as string) as person,
        {{ money("difference_usd") }} as amount_usd,
        is_exception,
        case
            when is_exception
                then
                    'assets differ from liabilities and equity by '
                    || cast(difference_usd as string) || ' USD'
        end as reason,
        'assets ' || cast(assets_usd as string) || ' USD, liabilities '
        || cast(liabilities_usd as string) || ', equity ' || cast(equity_usd as string) as detail
    from judged
)

select * from final
