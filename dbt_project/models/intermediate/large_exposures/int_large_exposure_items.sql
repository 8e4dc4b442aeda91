-- Exposures with the group of connected counterparties they belong to, and whether they are exempt.
with amounts as (
    select * from {{ ref("int_large_exposure_amounts") }}
),

netting_sets as (
    select * from {{ ref("stg_treasury__netting_sets") }}
),

obligor_versions as (
    select * from {{ ref("int_obligor_versions") }}
),

counterparty_versions as (
    select * from {{ ref("int_counterparty_versions") }}
),

clearing_houses as (
    select distinct
        as_of_date,
        counterparty_lei
    from netting_sets
    where is_qualifying_ccp
),

described as (
    select
        amounts.*,
        coalesce(obligor_versions.obligor_name, counterparty_versions.counterparty_name)
            as counterparty_name,
        coalesce(obligor_versions.obligor_type, counterparty_versions.counterparty_type)
            as counterparty_type,
        obligor_versions.connected_group_id,
        obligor_versions.connection_basis,
        clearing_houses.counterparty_lei is not null
        and amounts.item_type in ('derivative', 'securities_financing') as is_clearing
    from amounts
    left join obligor_versions
        on
            amounts.counterparty_id = obligor_versions.obligor_id
            and amounts.reporting_date >= obligor_versions.valid_from
            and amounts.reporting_date < obligor_versions.valid_to
    left join counterparty_versions
        on
            amounts.counterparty_id = counterparty_versions.counterparty_lei
            and amounts.reporting_date >= counterparty_versions.valid_from
            and amounts.reporting_date < counterparty_versions.valid_to
    left join clearing_houses
        on
            amounts.reporting_date = clearing_houses.as_of_date
            and amounts.counterparty_id = clearing_houses.counterparty_lei
),

final as (
    select
        reporting_date,
        coalesce(connected_group_id, counterparty_id) as group_id,
        connected_group_id,
        counterparty_id,
        counterparty_name,
        counterparty_type,
        connection_basis,
        item_type,
        item_id,
        source_model,
        source_row_id,
        exposure_before_usd,
        exposure_after_usd,
        case
            when counterparty_type in ('sovereign', 'central_bank') then 'sovereign'
            when is_clearing then 'qualifying_ccp'
        end as exemption_reason
    from described
    where exposure_before_usd <> 0 or exposure_after_usd <> 0
)

select * from final
