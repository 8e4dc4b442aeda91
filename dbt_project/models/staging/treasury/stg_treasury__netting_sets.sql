with source as (
    {{ latest_rows(source("treasury", "netting_sets"), ["as_of_date", "netting_set_id"]) }}
),

renamed as (
    select
        as_of_date,
        netting_set_id,
        counterparty_lei,
        is_margined,
        threshold_amount,
        minimum_transfer_amount,
        independent_collateral_amount,
        variation_margin_amount,
        margin_period_days,
        currency,
        is_qualifying_ccp,
        has_netting_opinion,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
