-- Totals of the templates against the figures of the marts, which the templates do not read: they
-- are summed from contributions.
with cells as (
    select * from {{ ref("fct_basel_cells") }}
),

capital_ratios as (
    select * from {{ ref("fct_capital_ratios") }}
),

leverage as (
    select * from {{ ref("fct_leverage_ratio") }}
),

stable_funding as (
    select * from {{ ref("fct_nsfr") }}
),

market_risk as (
    select * from {{ ref("fct_market_risk_capital") }}
),

figures as (
    select
        reporting_date,
        'KM1' as template_id,
        case tier
            when 'cet1' then '1'
            when 't1' then '2'
            else '3'
        end as row_number,
        'T' as column_id,
        'fct_capital_ratios' as mart_model,
        amount_usd as mart_usd
    from capital_ratios
    union all
    select
        reporting_date,
        'KM1' as template_id,
        '4' as row_number,
        'T' as column_id,
        'fct_capital_ratios' as mart_model,
        rwa_usd as mart_usd
    from capital_ratios
    where tier = 'cet1'
    union all
    select
        reporting_date,
        'KM1' as template_id,
        '13' as row_number,
        'T' as column_id,
        'fct_leverage_ratio' as mart_model,
        exposure_usd as mart_usd
    from leverage
    union all
    select
        reporting_date,
        'KM1' as template_id,
        '18' as row_number,
        'T' as column_id,
        'fct_nsfr' as mart_model,
        available_stable_funding_usd as mart_usd
    from stable_funding
    union all
    select
        reporting_date,
        'KM1' as template_id,
        '19' as row_number,
        'T' as column_id,
        'fct_nsfr' as mart_model,
        required_stable_funding_usd as mart_usd
    from stable_funding
    union all
    select
        reporting_date,
        'OV1' as template_id,
        '20' as row_number,
        'rwa' as column_id,
        'fct_market_risk_capital' as mart_model,
        {{ money("sum(rwa_usd)") }} as mart_usd
    from market_risk
    where is_headline
    group by reporting_date
),

-- Amounts agree when they are the same to the cent.
final as (
    select
        figures.reporting_date,
        figures.template_id,
        figures.row_number,
        figures.column_id,
        cells.label,
        {{ money("cells.amount") }} as reported_usd,
        figures.mart_model,
        {{ money("figures.mart_usd") }} as mart_usd,
        {{ money("cells.amount - figures.mart_usd") }} as difference_usd,
        coalesce(round(cells.amount - figures.mart_usd, 2) = 0, false) as is_tied
    from figures
    inner join cells
        on
            figures.reporting_date = cells.reporting_date
            and figures.template_id = cells.template_id
            and figures.row_number = cells.row_number
            and figures.column_id = cells.column_id
)

select * from final
