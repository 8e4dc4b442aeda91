-- Funding by the part that deposit insurance covers and the rest: the two run off differently.
with funding as (
    select * from {{ ref("stg_treasury__funding") }}
),

horizons as (
    select * from {{ ref("int_liquidity_horizons") }}
),

counterparties as (
    select * from {{ ref("int_liquidity_counterparties") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

described as (
    select
        funding.*,
        horizons.reporting_date,
        horizons.lcr_horizon_days,
        {{ days_between("horizons.reporting_date", "funding.maturity_date") }}
            as days_to_maturity,
        coalesce(counterparties.obligor_type, 'unknown') as obligor_type,
        coalesce(counterparties.liquidity_class, 'unknown') as liquidity_class,
        case
            when funding.product_type in ('certificate', 'commercial_paper', 'issued_bond')
                then 'issued_debt'
            when funding.product_type = 'central_bank_borrowing' then 'central_bank_borrowing'
            when funding.product_type = 'operational' then 'operational'
            when funding.product_type = 'correspondent' then 'correspondent'
            when counterparties.liquidity_class in ('retail', 'small_business') then 'retail'
            when
                counterparties.liquidity_class in ('non_financial', 'public_sector', 'central_bank')
                then 'non_financial'
            else 'financial'
        end as funding_type,
        coalesce(funding.insured_amount, 0) >= funding.balance_amount as is_fully_insured,
        {{ money("cast(funding.balance_amount as double) * fx_rates.fx_rate_usd") }}
            as balance_usd,
        {{ money(
            "cast(least(coalesce(funding.insured_amount, 0), funding.balance_amount) as double)"
            ~ " * fx_rates.fx_rate_usd"
        ) }} as insured_usd
    from funding
    inner join horizons on funding.as_of_date = horizons.reporting_date
    left join counterparties
        on
            horizons.reporting_date = counterparties.reporting_date
            and funding.provider_id = counterparties.counterparty_id
    left join fx_rates
        on
            funding.as_of_date = fx_rates.business_date
            and funding.currency = fx_rates.currency
),

parts as (
    select
        *,
        'whole' as row_part,
        balance_usd as amount_usd
    from described
    where funding_type not in ('retail', 'operational')
    union all
    select
        *,
        'insured' as row_part,
        insured_usd as amount_usd
    from described
    where funding_type in ('retail', 'operational') and insured_usd <> 0
    union all
    select
        *,
        'uninsured' as row_part,
        {{ money("balance_usd - insured_usd") }} as amount_usd
    from described
    where
        funding_type in ('retail', 'operational')
        and (balance_usd <> insured_usd or balance_usd = 0)
),

final as (
    select
        reporting_date,
        funding_id,
        row_part,
        provider_id,
        obligor_type,
        liquidity_class,
        product_type,
        funding_type,
        currency,
        maturity_date,
        days_to_maturity,
        maturity_date is null or has_early_withdrawal as is_callable,
        maturity_date is null
        or has_early_withdrawal
        or days_to_maturity <= lcr_horizon_days as is_in_horizon,
        is_fully_insured,
        funding_type = 'retail'
        and row_part = 'insured'
        and (is_transactional or has_established_relationship) as is_stable,
        amount_usd
    from parts
)

select * from final
