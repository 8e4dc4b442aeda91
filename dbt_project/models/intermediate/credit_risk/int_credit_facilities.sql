-- Facilities in USD beside their obligor, their property and what is not drawn.
with facilities as (
    select * from {{ ref("stg_lending__credit_facilities") }}
),

basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

obligors as (
    select * from {{ ref("int_credit_obligors") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

final as (
    select
        facilities.as_of_date as reporting_date,
        facilities.facility_id,
        facilities.obligor_id,
        obligors.obligor_type,
        obligors.connected_group_id,
        coalesce(obligors.country, 'XX') as country,
        coalesce(obligors.is_private_sector, true) as is_private_sector,
        obligors.obligor_id is null as is_obligor_missing,
        obligors.credit_quality_step,
        obligors.scra_grade,
        obligors.annual_turnover_eur,
        coalesce(obligors.obligor_type = 'individual', false) as is_managed_as_retail,
        obligors.default_probability,
        coalesce(
            obligors.obligor_type = 'individual'
            and obligors.income_currency <> facilities.currency,
            false
        ) as has_currency_mismatch,
        facilities.product_type,
        facilities.purpose,
        facilities.slotting_category,
        case
            when facilities.purpose = 'project_finance'
                then case
                    when facilities.repayment_type = 'amortising' then 'operational'
                    else 'pre_operational'
                end
        end as project_phase,
        facilities.repayment_type,
        facilities.currency,
        euro_rates.fx_rate_usd as usd_per_eur,
        {{ money(
            "cast(facilities.drawn_amount + facilities.accrued_interest_amount as double)"
            ~ " * fx_rates.fx_rate_usd"
        ) }} as on_balance_usd,
        {{ money("cast(facilities.specific_provision_amount as double) * fx_rates.fx_rate_usd") }}
            as provisions_usd,
        {{ money(
            "cast(greatest(coalesce(facilities.limit_amount, facilities.drawn_amount)"
            ~ " - facilities.drawn_amount, 0) as double) * fx_rates.fx_rate_usd"
        ) }} as undrawn_usd,
        cast(
            {{ days_between("facilities.originated_on", "facilities.maturity_date") }} as double
        ) / 365.25 as original_maturity_years,
        greatest(
            cast({{ days_between("facilities.as_of_date", "facilities.maturity_date") }} as double)
            / 365.25,
            0
        ) as remaining_maturity_years,
        -- What may still be drawn on a mortgage counts: the lien secures it too.
        cast(
            facilities.drawn_amount + facilities.accrued_interest_amount
            + greatest(
                coalesce(facilities.limit_amount, facilities.drawn_amount)
                - facilities.drawn_amount,
                0
            ) as double
        ) / nullif(cast(facilities.property_value as double), 0) as loan_to_value,
        facilities.property_use,
        coalesce(facilities.is_presold, false) as is_presold,
        facilities.is_transactor,
        facilities.is_defaulted,
        facilities.is_subordinated,
        facilities.is_unconditionally_cancellable,
        cast(facilities.loss_given_default as double) as loss_given_default
    from facilities
    inner join basel_dates on facilities.as_of_date = basel_dates.reporting_date
    left join obligors
        on
            facilities.as_of_date = obligors.reporting_date
            and facilities.obligor_id = obligors.obligor_id
    left join fx_rates
        on
            facilities.as_of_date = fx_rates.business_date
            and facilities.currency = fx_rates.currency
    left join fx_rates as euro_rates
        on
            facilities.as_of_date = euro_rates.business_date
            and euro_rates.currency = 'EUR'
)

select * from final
