with balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

accounts as (
    select * from {{ ref("stg_ledger__gl_accounts") }}
),

journal_lines as (
    select * from {{ ref("stg_ledger__gl_journals") }}
),

tolerances as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'RC-03.tolerance_usd'
),

statement_dates as (
    select
        as_of_date,
        substring(cast(as_of_date as string), 1, 7) as fiscal_period,
        lag(as_of_date) over (order by as_of_date) as previous_date
    from balances
    group by as_of_date
),

-- A journal counts in the month it is effective in, though it may be posted in the next.
movements as (
    select
        substring(cast(journal_lines.effective_date as string), 1, 7) as fiscal_period,
        accounts.statement_account,
        sum(journal_lines.amount) as movement_usd
    from journal_lines
    inner join accounts on journal_lines.account_code = accounts.account_code
    group by
        substring(cast(journal_lines.effective_date as string), 1, 7),
        accounts.statement_account
),

compared as (
    select
        closing.as_of_date,
        closing.account_code,
        closing.account_name,
        opening.balance_amount as opening_usd,
        closing.balance_amount as closing_usd,
        -- Liabilities and equity are positive in the statement and credits in the journals.
        case
            when closing.account_class in ('liability', 'equity')
                then -coalesce(movements.movement_usd, 0)
            else coalesce(movements.movement_usd, 0)
        end as movement_usd
    from balances as closing
    inner join statement_dates
        on
            closing.as_of_date = statement_dates.as_of_date
            and statement_dates.previous_date is not null
    left join balances as opening
        on
            statement_dates.previous_date = opening.as_of_date
            and closing.account_code = opening.account_code
    left join movements
        on
            statement_dates.fiscal_period = movements.fiscal_period
            and closing.account_code = movements.statement_account
),

judged as (
    select
        compared.*,
        abs(compared.closing_usd - compared.opening_usd - compared.movement_usd) as difference_usd,
        abs(compared.closing_usd - compared.opening_usd - compared.movement_usd)
        > tolerances.value as is_exception
    from compared
    left join tolerances
        on
            compared.as_of_date >= tolerances.valid_from
            and (tolerances.valid_to is null or compared.as_of_date < tolerances.valid_to)
),

final as (
    select
        'RC-03' as control_id,
        account_code || '|' || cast(as_of_date as string) as item_id,
        as_of_date as item_date,
        cast(null as string) as person,
        {{ money("difference_usd") }} as amount_usd,
        is_exception,
        case
            when is_exception
                then
                    'opening balance and journals give '
                    || cast(opening_usd + movement_usd as string) || ' USD, the statement '
                    || cast(closing_usd as string)
        end as reason,
        account_name || ': opening ' || coalesce(cast(opening_usd as string), 'none')
        || ' USD, journals ' || cast(movement_usd as string) || ', closing '
        || cast(closing_usd as string) as detail
    from judged
)

select * from final
