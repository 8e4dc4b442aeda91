-- From the ledger's total assets to the exposure measure. What is in no other line is the
-- difference between the rows of a system and the ledger's accounts for them, listed by group.
with items as (
    select * from {{ ref("int_leverage_items") }}
),

balances as (
    select *
    from {{ ref("stg_ledger__gl_balances") }}
    where account_class = 'asset'
),

account_groups as (
    select * from {{ ref("leverage_account_groups") }}
),

ledger as (
    select
        balances.as_of_date as reporting_date,
        coalesce(account_groups.exposure_group, 'unmapped') as exposure_group,
        {{ money("sum(balances.balance_amount)") }} as ledger_usd
    from balances
    left join account_groups on balances.account_code = account_groups.account_code
    group by balances.as_of_date, coalesce(account_groups.exposure_group, 'unmapped')
),

measured as (
    select
        reporting_date,
        exposure_group,
        {{ money("sum(amount_usd)") }} as exposure_usd
    from items
    group by reporting_date, exposure_group
),

compared as (
    select
        coalesce(measured.reporting_date, ledger.reporting_date) as reporting_date,
        coalesce(measured.exposure_group, ledger.exposure_group) as exposure_group,
        coalesce(measured.exposure_usd, 0) as exposure_usd,
        coalesce(ledger.ledger_usd, 0) as ledger_usd
    from measured
    full outer join ledger
        on
            measured.reporting_date = ledger.reporting_date
            and measured.exposure_group = ledger.exposure_group
),

total_assets as (
    select
        reporting_date,
        'total_assets' as line_item,
        'all' as exposure_group,
        {{ money("0") }} as exposure_usd,
        {{ money("sum(ledger_usd)") }} as ledger_usd,
        {{ money("sum(ledger_usd)") }} as amount_usd
    from ledger
    group by reporting_date
),

adjustments as (
    select
        reporting_date,
        case
            when exposure_group = 'derivatives' then 'derivatives'
            when exposure_group = 'securities_financing' then 'sft'
            when exposure_group = 'off_balance' then 'off_balance'
            when exposure_group = 'deductions' then 'deductions'
            else 'other'
        end as line_item,
        exposure_group,
        {{ money("exposure_usd") }} as exposure_usd,
        {{ money("ledger_usd") }} as ledger_usd,
        {{ money("exposure_usd - ledger_usd") }} as amount_usd
    from compared
),

final as (
    select * from total_assets
    union all
    select * from adjustments
)

select * from final
