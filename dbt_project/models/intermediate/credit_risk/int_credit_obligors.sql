with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

obligors as (
    select * from {{ ref("int_obligor_versions") }}
),

counterparties as (
    select * from {{ ref("int_counterparty_versions") }}
),

quality_steps as (
    select * from {{ ref("basel_credit_quality_steps") }}
),

on_dates as (
    select
        basel_dates.reporting_date,
        obligors.*
    from basel_dates
    inner join obligors
        on
            basel_dates.reporting_date >= obligors.valid_from
            and basel_dates.reporting_date < obligors.valid_to
),

counterparties_on_dates as (
    select
        basel_dates.reporting_date,
        counterparties.*
    from basel_dates
    inner join counterparties
        on
            basel_dates.reporting_date >= counterparties.valid_from
            and basel_dates.reporting_date < counterparties.valid_to
),

-- The desk's rating of a counterparty wins over lending's; a dealer that lending does not know
-- is an obligor too.
joined as (
    select
        coalesce(on_dates.reporting_date, counterparties_on_dates.reporting_date) as reporting_date,
        coalesce(on_dates.obligor_id, counterparties_on_dates.counterparty_lei) as obligor_id,
        coalesce(on_dates.obligor_type, counterparties_on_dates.counterparty_type) as obligor_type,
        coalesce(on_dates.country, counterparties_on_dates.country) as country,
        case
            when
                counterparties_on_dates.counterparty_lei is not null
                and not counterparties_on_dates.is_rating_defaulted
                then counterparties_on_dates.rating
            else on_dates.external_rating
        end as external_rating,
        on_dates.annual_turnover_eur,
        on_dates.scra_grade,
        on_dates.default_probability,
        on_dates.income_currency,
        on_dates.connected_group_id
    from on_dates
    full outer join counterparties_on_dates
        on
            on_dates.reporting_date = counterparties_on_dates.reporting_date
            and on_dates.obligor_id = counterparties_on_dates.counterparty_lei
),

final as (
    select
        joined.reporting_date,
        joined.obligor_id,
        joined.obligor_type,
        joined.country,
        joined.external_rating,
        quality_steps.credit_quality_step,
        cast(joined.annual_turnover_eur as double) as annual_turnover_eur,
        joined.scra_grade,
        cast(joined.default_probability as double) as default_probability,
        joined.income_currency,
        joined.connected_group_id,
        joined.obligor_type not in (
            'sovereign', 'central_bank', 'public_sector', 'multilateral_bank', 'bank'
        ) as is_private_sector
    from joined
    left join quality_steps
        on
            joined.external_rating = quality_steps.rating
            and joined.reporting_date >= quality_steps.valid_from
            and joined.reporting_date
            < coalesce(quality_steps.valid_to, cast('9999-01-01' as date))
)

select * from final
