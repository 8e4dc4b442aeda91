with balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

periods as (
    select * from {{ ref("int_sox_periods") }}
),

materiality as (
    select * from {{ ref("sox_materiality") }}
),

total_assets as (
    select
        as_of_date,
        {{ money("sum(balance_amount)") }} as total_assets_usd
    from balances
    where account_class = 'asset'
    group by as_of_date
),

-- The last statement up to the day: a statement that did not arrive leaves the measure in place.
statements as (
    select
        periods.period_id,
        max(total_assets.as_of_date) as statement_date
    from periods
    inner join total_assets on periods.as_of_date >= total_assets.as_of_date
    group by periods.period_id
),

shares as (
    select
        periods.period_id,
        total_assets.total_assets_usd,
        max(case when materiality.measure = 'overall' then materiality.share end)
            as overall_share,
        max(case when materiality.measure = 'significant' then materiality.share end)
            as significant_share
    from periods
    inner join statements on periods.period_id = statements.period_id
    inner join total_assets on statements.statement_date = total_assets.as_of_date
    inner join materiality
        on
            periods.as_of_date >= materiality.valid_from
            and periods.as_of_date
            < coalesce(materiality.valid_to, cast('9999-01-01' as date))
    group by periods.period_id, total_assets.total_assets_usd
),

final as (
    select
        period_id,
        total_assets_usd,
        {{ money("cast(total_assets_usd as double) * overall_share") }} as materiality_usd,
        {{ money("cast(total_assets_usd as double) * overall_share * significant_share") }}
            as significant_usd
    from shares
)

select * from final
