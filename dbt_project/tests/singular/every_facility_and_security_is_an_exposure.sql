with delivered as (
    select
        as_of_date as reporting_date,
        'stg_lending__credit_facilities' as source_model,
        facility_id as source_row_id
    from {{ ref("stg_lending__credit_facilities") }}
    union all
    select
        as_of_date as reporting_date,
        'stg_treasury__securities' as source_model,
        security_id as source_row_id
    from {{ ref("stg_treasury__securities") }}
    union all
    select
        reporting_date,
        'fct_ccr_exposures' as source_model,
        netting_set_id as source_row_id
    from {{ ref("fct_ccr_exposures") }}
),

reported as (
    select
        reporting_date,
        source_model,
        source_row_id,
        count(*) as exposures
    from {{ ref("fct_credit_exposures") }}
    where source_model not in ('stg_ledger__gl_balances', 'stg_ledger__own_funds')
    group by reporting_date, source_model, source_row_id
)

select
    coalesce(delivered.reporting_date, reported.reporting_date) as reporting_date,
    coalesce(delivered.source_model, reported.source_model) as source_model,
    coalesce(delivered.source_row_id, reported.source_row_id) as source_row_id,
    reported.exposures
from delivered
inner join {{ ref("int_basel_dates") }} as basel_dates
    on delivered.reporting_date = basel_dates.reporting_date
full outer join reported
    on
        delivered.reporting_date = reported.reporting_date
        and delivered.source_model = reported.source_model
        and delivered.source_row_id = reported.source_row_id
where
    delivered.source_row_id is null
    or reported.exposures is null
    or reported.exposures <> 1
