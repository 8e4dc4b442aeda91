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

-- An account that either statement knows, or a journal: a balance that is gone must not go unseen.
accounts_due as (
    select
        statement_dates.as_of_date,
        balances.account_code
    from statement_dates
    inner join balances
        on
            statement_dates.as_of_date = balances.as_of_date
            or statement_dates.previous_date = balances.as_of_date
    union distinct
    select
        statement_dates.as_of_date,
        movements.statement_account
    from statement_dates
    inner join movements on statement_dates.fiscal_period = movements.fiscal_period
    where movements.statement_account is not null
),

compared as (
    select
        accounts_due.as_of_date,
        accounts_due.account_code,
        coalesce(closing.account_name, opening.account_name, 'in no statement') as account_name,
        opening.balance_amount as opening_usd,
        closing.balance_amount as closing_usd,
        -- Liabilities and equity are positive in the statement and credits in the journals.
        case
            when coalesce(closing.account_class, opening.account_class) in ('liability', 'equity')
                then -coalesce(movements.movement_usd, 0)
            else coalesce(movements.movement_usd, 0)
        end as movement_usd
    from accounts_due
    inner join statement_dates
        on
            accounts_due.as_of_date = statement_dates.as_of_date
            and statement_dates.previous_date is not null
    left join balances as closing
        on
            accounts_due.as_of_date = closing.as_of_date
            and accounts_due.account_code = closing.account_code
    left join balances as opening
        on
            statement_dates.previous_date = opening.as_of_date
            and accounts_due.account_code = opening.account_code
    left join movements
        on
            statement_dates.fiscal_period = movements.fiscal_period
            and accounts_due.account_code = movements.statement_account
),

-- What has no closing balance is held against nothing; what has no opening one cannot be judged.
expected as (
    select
        *,
        case
            when closing_usd is null then coalesce(opening_usd, 0) + movement_usd
            else opening_usd + movement_usd
        end as expected_usd
    from compared
),

judged as (
    select
        expected.*,
        abs(coalesce(expected.closing_usd, 0) - expected.expected_usd) as difference_usd,
        abs(coalesce(expected.closing_usd, 0) - expected.expected_usd)
        > tolerances.value as is_exception
    from expected
    left join tolerances
        on
            expected.as_of_date >= tolerances.valid_from
            and (tolerances.valid_to is null or expected.as_of_date < tolerances.valid_to)
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
                    'opening balance and journals give ' || cast(expected_usd as string)
                    || ' USD, the statement ' || coalesce(cast(closing_usd as string), 'nothing')
        end as reason,
        account_name || ': opening ' || coalesce(cast(opening_usd as string), 'none')
        || ' USD, journals ' || cast(movement_usd as string) || ', closing '
        || coalesce(cast(closing_usd as string), 'none') as detail
    from judged
)

select * from final
