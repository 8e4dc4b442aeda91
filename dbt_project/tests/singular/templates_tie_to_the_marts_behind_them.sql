with cells as (
    select *
    from {{ ref("fct_basel_cells") }}
    where template_id = 'KM1' and column_id = 'T' and not is_missing
),

capital_ratios as (
    select * from {{ ref("fct_capital_ratios") }}
),

leverage_ratios as (
    select * from {{ ref("fct_leverage_ratio") }}
),

coverage_ratios as (
    select * from {{ ref("fct_lcr") }}
),

stable_funding_ratios as (
    select * from {{ ref("fct_nsfr") }}
),

capital_rows as (
    select
        reporting_date,
        case tier when 'cet1' then '1' when 't1' then '2' else '3' end as row_number,
        'fct_capital_ratios' as compared_model,
        amount_usd as compared_amount
    from capital_ratios

    union all

    select
        reporting_date,
        '4' as row_number,
        'fct_capital_ratios' as compared_model,
        rwa_usd as compared_amount
    from capital_ratios
    where tier = 'cet1'
),

leverage_rows as (
    select
        reporting_date,
        '13' as row_number,
        'fct_leverage_ratio' as compared_model,
        exposure_usd as compared_amount
    from leverage_ratios
),

-- A quarter's average is the figure of the date while the quarter has one date.
coverage_rows as (
    select
        reporting_date,
        '15' as row_number,
        'fct_lcr' as compared_model,
        hqla_usd as compared_amount
    from coverage_ratios

    union all

    select
        reporting_date,
        '16' as row_number,
        'fct_lcr' as compared_model,
        net_outflows_usd as compared_amount
    from coverage_ratios
),

stable_funding_rows as (
    select
        reporting_date,
        '18' as row_number,
        'fct_nsfr' as compared_model,
        available_stable_funding_usd as compared_amount
    from stable_funding_ratios

    union all

    select
        reporting_date,
        '19' as row_number,
        'fct_nsfr' as compared_model,
        required_stable_funding_usd as compared_amount
    from stable_funding_ratios
),

compared as (
    select * from capital_rows
    union all
    select * from leverage_rows
    union all
    select * from coverage_rows
    union all
    select * from stable_funding_rows
)

select
    cells.reporting_date,
    cells.row_number,
    cells.label,
    cells.amount,
    compared.compared_model,
    compared.compared_amount,
    cells.amount - compared.compared_amount as difference
from cells
inner join compared
    on
        cells.reporting_date = compared.reporting_date
        and cells.row_number = compared.row_number
where
    cells.data_points = 1
    and (compared.compared_amount is null or abs(cells.amount - compared.compared_amount) > 0.01)
