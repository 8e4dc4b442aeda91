with statements as (
    select * from {{ ref("stg_ledger__bank_statements") }}
),

balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

tolerances as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'RC-02.tolerance_usd'
),

-- A ledger account may stand for several accounts at banks; they are compared with it together.
explained as (
    select
        *,
        sum(statement_balance + outstanding_items) over (
            partition by as_of_date, account_code
        ) as explained_usd
    from statements
),

compared as (
    select
        explained.*,
        balances.balance_amount,
        abs(balances.balance_amount - explained.explained_usd) as difference_usd,
        abs(balances.balance_amount - explained.explained_usd) > tolerances.value as is_exception
    from explained
    left join balances
        on
            explained.as_of_date = balances.as_of_date
            and explained.account_code = balances.account_code
    left join tolerances
        on
            explained.as_of_date >= tolerances.valid_from
            and (tolerances.valid_to is null or explained.as_of_date < tolerances.valid_to)
),

final as (
    select
        'RC-02' as control_id,
        bank_account || '|' || cast(as_of_date as string) as item_id,
        as_of_date as item_date,
        cast(null as string) as person,
        {{ money("difference_usd") }} as amount_usd,
        is_exception,
        case
            when is_exception
                then
                    'ledger and statement differ by ' || cast(difference_usd as string)
                    || ' USD after outstanding items'
        end as reason,
        'account ' || account_code || ': ledger '
        || coalesce(cast(balance_amount as string), 'none') || ' USD, statement '
        || cast(statement_balance as string) || ', outstanding '
        || cast(outstanding_items as string) as detail
    from compared
)

select * from final
