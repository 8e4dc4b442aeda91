with facilities as (
    select * from {{ ref("stg_lending__credit_facilities") }}
),

counterparties as (
    select * from {{ ref("int_liquidity_counterparties") }}
),

horizons as (
    select * from {{ ref("int_liquidity_horizons") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

converted as (
    select
        facilities.*,
        {{ money("cast(facilities.drawn_amount as double) * fx_rates.fx_rate_usd") }} as drawn_usd,
        {{ money(
            "cast(coalesce(facilities.specific_provision_amount, 0) as double)"
            ~ " * fx_rates.fx_rate_usd"
        ) }} as provision_usd,
        {{ money(
            "cast(greatest(coalesce(facilities.limit_amount - facilities.drawn_amount, 0), 0)"
            ~ " as double) * fx_rates.fx_rate_usd"
        ) }} as undrawn_usd
    from facilities
    left join fx_rates
        on
            facilities.as_of_date = fx_rates.business_date
            and facilities.currency = fx_rates.currency
),

dated as (
    select
        converted.*,
        horizons.reporting_date,
        horizons.lcr_horizon_days,
        horizons.non_performing_days,
        {{ days_between("horizons.reporting_date", "converted.maturity_date") }}
            as days_to_maturity
    from converted
    inner join horizons on converted.as_of_date = horizons.reporting_date
),

final as (
    select
        dated.reporting_date,
        dated.facility_id,
        dated.obligor_id,
        coalesce(counterparties.obligor_type, 'unknown') as obligor_type,
        coalesce(counterparties.liquidity_class, 'unknown') as liquidity_class,
        coalesce(counterparties.is_type_missing, true) as is_type_missing,
        dated.product_type,
        dated.currency,
        dated.maturity_date,
        dated.days_to_maturity,
        dated.repayment_type,
        dated.is_unconditionally_cancellable,
        not dated.is_defaulted and dated.days_past_due = 0 as is_performing,
        dated.is_defaulted
        or dated.days_past_due > dated.non_performing_days as is_non_performing,
        dated.drawn_usd,
        {{ money("dated.drawn_usd - dated.provision_usd") }} as carrying_usd,
        dated.undrawn_usd,
        -- What is contractually repaid within the horizon of the LCR: at maturity, or in equal
        -- instalments until then; of what has no maturity, nothing.
        case
            when dated.maturity_date is null then {{ money("0") }}
            when dated.days_to_maturity <= dated.lcr_horizon_days then dated.drawn_usd
            when dated.repayment_type = 'amortising'
                then {{ money(
                    "cast(dated.drawn_usd as double) * dated.lcr_horizon_days"
                    ~ " / dated.days_to_maturity"
                ) }}
            else {{ money("0") }}
        end as due_in_horizon_usd
    from dated
    left join counterparties
        on
            dated.reporting_date = counterparties.reporting_date
            and dated.obligor_id = counterparties.counterparty_id
)

select * from final
