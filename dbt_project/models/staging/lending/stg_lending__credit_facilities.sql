with source as (
    {{ latest_rows(source("lending", "credit_facilities"), ["as_of_date", "facility_id"]) }}
),

renamed as (
    select
        as_of_date,
        facility_id,
        obligor_id,
        product_type,
        currency,
        originated_on,
        maturity_date,
        limit_amount,
        drawn_amount,
        accrued_interest_amount,
        specific_provision_amount,
        days_past_due,
        is_defaulted,
        is_unconditionally_cancellable,
        is_subordinated,
        is_transactor,
        property_value,
        property_use,
        is_presold,
        purpose,
        slotting_category,
        repayment_type,
        interest_rate_pct,
        loss_given_default,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
