-- What a counterparty could cost the bank, item by item: the banking book and counterparty credit
-- risk, the trading book's net long positions in an issuer, and guarantees the bank relies on.
with credit_exposures as (
    select *
    from {{ ref("fct_credit_exposures") }}
    where obligor_id is not null
),

mitigation as (
    select * from {{ ref("int_credit_mitigation") }}
),

mitigants as (
    select *
    from {{ ref("int_credit_mitigant_values") }}
    where mitigant_kind = 'guarantee' and adjusted_usd > 0
),

issuer_exposures as (
    select *
    from {{ ref("fct_exposures_daily") }}
    where exposure_type = 'issuer'
),

basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

conversion_floors as (
    select
        reporting_date,
        value as conversion_floor
    from parameters
    where rule_id = 'LEX30.conversion.floor'
),

-- Undrawn amounts count at least at the floor, whatever the capital rules convert them at.
banking_book as (
    select
        credit_exposures.reporting_date,
        credit_exposures.obligor_id as counterparty_id,
        credit_exposures.exposure_type as item_type,
        credit_exposures.source_model,
        credit_exposures.source_row_id,
        credit_exposures.exposure_id as item_id,
        {{ money(
            "cast(credit_exposures.ead_before_mitigation_usd as double)"
            ~ " + greatest(conversion_floors.conversion_floor"
            ~ " - coalesce(credit_exposures.ccf, 0), 0)"
            ~ " * cast(coalesce(credit_exposures.off_balance_usd, 0) as double)"
        ) }} as exposure_before_usd,
        {{ money(
            "cast(credit_exposures.ead_usd - coalesce(mitigation.guaranteed_usd, 0) as double)"
            ~ " + greatest(conversion_floors.conversion_floor"
            ~ " - coalesce(credit_exposures.ccf, 0), 0)"
            ~ " * cast(coalesce(credit_exposures.off_balance_usd, 0) as double)"
        ) }} as exposure_after_usd
    from credit_exposures
    left join mitigation
        on
            credit_exposures.reporting_date = mitigation.reporting_date
            and credit_exposures.exposure_id = mitigation.exposure_id
    left join conversion_floors
        on credit_exposures.reporting_date = conversion_floors.reporting_date
),

guarantee_shares as (
    select
        *,
        sum(adjusted_usd) over (partition by reporting_date, exposure_id) as all_guarantees_usd
    from mitigants
),

-- The guaranteed part is an exposure to the guarantor, shared out by the amounts guaranteed.
guarantees as (
    select
        guarantee_shares.reporting_date,
        guarantee_shares.guarantor_id as counterparty_id,
        'guarantee_received' as item_type,
        'stg_lending__guarantees' as source_model,
        guarantee_shares.mitigant_id as source_row_id,
        guarantee_shares.mitigant_id as item_id,
        {{ money("0") }} as exposure_before_usd,
        {{ money(
            "cast(mitigation.guaranteed_usd as double)"
            ~ " * cast(guarantee_shares.adjusted_usd as double)"
            ~ " / cast(guarantee_shares.all_guarantees_usd as double)"
        ) }} as exposure_after_usd
    from guarantee_shares
    inner join mitigation
        on
            guarantee_shares.reporting_date = mitigation.reporting_date
            and guarantee_shares.exposure_id = mitigation.exposure_id
    where mitigation.guaranteed_usd > 0
),

net_issuers as (
    select
        basel_dates.reporting_date,
        issuer_exposures.exposure_key as counterparty_id,
        sum(issuer_exposures.net_usd) as net_usd
    from basel_dates
    inner join issuer_exposures on basel_dates.reporting_date = issuer_exposures.business_date
    group by basel_dates.reporting_date, issuer_exposures.exposure_key
),

trading_book as (
    select
        reporting_date,
        counterparty_id,
        'trading_book_issuer' as item_type,
        'fct_exposures_daily' as source_model,
        counterparty_id as source_row_id,
        counterparty_id as item_id,
        {{ money("net_usd") }} as exposure_before_usd,
        {{ money("net_usd") }} as exposure_after_usd
    from net_issuers
    where net_usd > 0
),

final as (
    select * from banking_book
    union all
    select * from guarantees
    union all
    select * from trading_book
)

select * from final
