with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

account_mapping as (
    select * from {{ ref("ledger_account_mapping") }}
),

subledger_rows as (
    select * from {{ ref("int_subledger_balances") }}
),

thresholds as (
    select * from {{ ref("reconciliation_thresholds") }}
),

explanations as (
    select * from {{ ref("ledger_difference_explanations") }}
),

subledgers as (
    select
        reporting_date,
        account_code,
        count(*) as subledger_rows,
        count(case when amount_usd is null then 1 end) as rows_without_rate,
        {{ money("sum(amount_usd)") }} as subledger_usd
    from subledger_rows
    where account_code is not null
    group by reporting_date, account_code
),

-- Every account that either side knows: a balance without a mapping must not go unseen.
accounts as (
    select
        basel_dates.reporting_date,
        account_mapping.account_code
    from basel_dates
    cross join account_mapping
    union distinct
    select
        basel_dates.reporting_date,
        balances.account_code
    from basel_dates
    inner join balances on basel_dates.reporting_date = balances.as_of_date
),

compared as (
    select
        accounts.reporting_date,
        accounts.account_code,
        coalesce(account_mapping.account_name, balances.account_name) as account_name,
        coalesce(account_mapping.account_class, balances.account_class) as account_class,
        account_mapping.account_code is not null as is_mapped,
        account_mapping.account_code is not null
        and account_mapping.source_model is null as is_ledger_only,
        account_mapping.source_model,
        {{ money("balances.balance_amount") }} as ledger_usd,
        -- No row behind an account means that there is nothing to count: zero, not unknown.
        case
            when account_mapping.source_model is not null
                then coalesce(subledgers.subledger_usd, {{ money("0") }})
        end as subledger_usd,
        coalesce(subledgers.subledger_rows, 0) as subledger_rows,
        coalesce(subledgers.rows_without_rate, 0) as rows_without_rate
    from accounts
    left join account_mapping on accounts.account_code = account_mapping.account_code
    left join balances
        on
            accounts.reporting_date = balances.as_of_date
            and accounts.account_code = balances.account_code
    left join subledgers
        on
            accounts.reporting_date = subledgers.reporting_date
            and accounts.account_code = subledgers.account_code
),

measured as (
    select
        compared.*,
        explanations.explanation,
        explanations.largest_relative_difference,
        {{ money("compared.ledger_usd - compared.subledger_usd") }} as difference_usd,
        {{ money(
            "greatest(thresholds.absolute_usd,"
            ~ " thresholds.relative_to_balance * abs(cast(compared.ledger_usd as double)))"
        ) }} as materiality_usd
    from compared
    left join thresholds
        on
            compared.account_class = thresholds.account_class
            and compared.reporting_date >= thresholds.valid_from
            and (
                thresholds.valid_to is null
                or compared.reporting_date < thresholds.valid_to
            )
    left join explanations
        on
            compared.account_code = explanations.account_code
            and compared.reporting_date >= explanations.valid_from
            and (
                explanations.valid_to is null
                or compared.reporting_date < explanations.valid_to
            )
),

-- A side that is missing altogether is missing only if the other one has an amount.
judged as (
    select
        *,
        case
            when not is_mapped or rows_without_rate > 0 then 'missing'
            when ledger_usd is null and coalesce(subledger_usd, 0) <> 0 then 'missing'
            when ledger_usd is null then 'tied'
            when is_ledger_only then 'explained'
            when abs(difference_usd) <= materiality_usd then 'tied'
            when
                abs(difference_usd)
                <= largest_relative_difference * abs(cast(ledger_usd as double))
                then 'explained'
            else 'difference'
        end as reconciliation_status
    from measured
),

final as (
    select
        reporting_date,
        account_code,
        account_name,
        account_class,
        source_model,
        ledger_usd,
        subledger_usd,
        cast(subledger_rows as int) as subledger_rows,
        difference_usd,
        materiality_usd,
        reconciliation_status,
        case
            when not is_mapped then 'the account is in no mapping'
            when rows_without_rate > 0
                then
                    cast(rows_without_rate as string)
                    || ' rows of the sub-ledger are in a currency without a rate'
            when ledger_usd is null and reconciliation_status = 'missing'
                then 'the ledger has no balance of the account'
            when ledger_usd is null then 'neither side has an amount'
            when is_ledger_only then 'kept in the ledger only; there is no sub-ledger'
            when reconciliation_status = 'explained' then explanation
            when reconciliation_status = 'difference'
                then 'the difference is above its materiality and not explained'
        end as note
    from judged
)

select * from final
