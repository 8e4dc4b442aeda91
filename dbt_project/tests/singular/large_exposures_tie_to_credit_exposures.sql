-- What mitigation takes from one counterparty it moves to another or ends: nothing appears twice.
with exposures as (
    select
        exposures.reporting_date,
        sum(exposures.ead_usd - coalesce(mitigation.guaranteed_usd, 0)) as unguaranteed_usd,
        sum(coalesce(mitigation.guaranteed_usd, 0)) as guaranteed_usd
    from {{ ref("fct_credit_exposures") }} as exposures
    left join {{ ref("int_credit_mitigation") }} as mitigation
        on
            exposures.reporting_date = mitigation.reporting_date
            and exposures.exposure_id = mitigation.exposure_id
    where exposures.obligor_id is not null and coalesce(exposures.off_balance_usd, 0) = 0
    group by exposures.reporting_date
),

items as (
    select
        items.reporting_date,
        sum(
            case
                when items.item_type = 'guarantee_received' then 0
                else items.exposure_after_usd
            end
        ) as unguaranteed_usd
    from {{ ref("int_large_exposure_items") }} as items
    left join {{ ref("fct_credit_exposures") }} as exposures
        on
            items.reporting_date = exposures.reporting_date
            and items.item_id = exposures.exposure_id
    where
        items.item_type not in ('trading_book_issuer', 'guarantee_received')
        and coalesce(exposures.off_balance_usd, 0) = 0
    group by items.reporting_date
),

moved as (
    select
        reporting_date,
        sum(exposure_after_usd) as guaranteed_usd
    from {{ ref("int_large_exposure_items") }}
    where item_type = 'guarantee_received'
    group by reporting_date
),

all_guaranteed as (
    select
        reporting_date,
        sum(guaranteed_usd) as guaranteed_usd
    from {{ ref("int_credit_mitigation") }}
    group by reporting_date
)

select
    exposures.reporting_date,
    exposures.unguaranteed_usd,
    items.unguaranteed_usd as unguaranteed_of_items_usd,
    all_guaranteed.guaranteed_usd,
    moved.guaranteed_usd as guaranteed_of_items_usd
from exposures
left join items on exposures.reporting_date = items.reporting_date
left join moved on exposures.reporting_date = moved.reporting_date
left join all_guaranteed on exposures.reporting_date = all_guaranteed.reporting_date
where
    abs(exposures.unguaranteed_usd - coalesce(items.unguaranteed_usd, 0)) > 0.01
    or abs(
        coalesce(all_guaranteed.guaranteed_usd, 0) - coalesce(moved.guaranteed_usd, 0)
    ) > 0.01
