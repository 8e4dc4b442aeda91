-- A date for which a feed has brought nothing, not even an empty file, would be reported too low:
-- it waits for the feed. A feed that the bank has never delivered is waited for only in the core.
{%- set snapshots = {
    "gl_balances": ("stg_ledger__gl_balances", true),
    "own_funds": ("stg_ledger__own_funds", true),
    "credit_facilities": ("stg_lending__credit_facilities", true),
    "securities": ("stg_treasury__securities", true),
    "funding": ("stg_treasury__funding", true),
    "netting_sets": ("stg_treasury__netting_sets", false),
    "securities_financing": ("stg_treasury__securities_financing", false),
    "collateral": ("stg_lending__collateral", false),
    "guarantees": ("stg_lending__guarantees", false),
    "subsidiary_capital": ("stg_ledger__subsidiary_capital", false),
} %}
with deliveries as (
    select * from {{ ref("stg_landing__deliveries") }}
),

balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

wanted_dates as (
    select distinct as_of_date as reporting_date
    from balances
),

delivered as (
    {% for feed, (model, _) in snapshots.items() %}
        select
            '{{ feed }}' as feed,
            as_of_date as reporting_date
        from {{ ref(model) }}
        union distinct
    {% endfor %}
    select
        feed,
        delivery_business_date as reporting_date
    from deliveries
    where delivery_status = 'loaded'
),

wanted_feeds as (
    {% for feed, (_, is_core) in snapshots.items() %}
        select
            '{{ feed }}' as feed,
            {{ is_core }} as is_core
        {{ "union all" if not loop.last }}
    {% endfor %}
),

known_feeds as (
    select distinct feed
    from delivered
),

final as (
    select
        wanted_dates.reporting_date,
        wanted_feeds.feed
    from wanted_dates
    cross join wanted_feeds
    left join known_feeds on wanted_feeds.feed = known_feeds.feed
    left join delivered
        on
            wanted_dates.reporting_date = delivered.reporting_date
            and wanted_feeds.feed = delivered.feed
    where
        delivered.feed is null
        and (wanted_feeds.is_core or known_feeds.feed is not null)
)

select * from final
