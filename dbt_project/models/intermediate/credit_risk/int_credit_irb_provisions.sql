with results as (
    select * from {{ ref("int_credit_irb_results") }}
),

rules as (
    select * from {{ ref("int_credit_scalar_rules") }}
),

totals as (
    select
        reporting_date,
        {{ money("sum(rwa_before_supporting_factor_usd)") }} as rwa_irb_usd,
        {{ money("sum(expected_loss_usd)") }} as expected_loss_usd,
        {{ money("sum(provisions_usd)") }} as provisions_usd
    from results
    where rwa_before_supporting_factor_usd is not null
    group by reporting_date
),

final as (
    select
        totals.reporting_date,
        totals.rwa_irb_usd,
        totals.expected_loss_usd,
        totals.provisions_usd,
        {{ money("greatest(totals.expected_loss_usd - totals.provisions_usd, 0)") }}
            as provision_shortfall_usd,
        {{ money("greatest(totals.provisions_usd - totals.expected_loss_usd, 0)") }}
            as provision_excess_usd,
        {{ money(
            "least(cast(greatest(totals.provisions_usd - totals.expected_loss_usd, 0) as double),"
            ~ " rules.provision_excess_cap * cast(totals.rwa_irb_usd as double))"
        ) }} as tier_2_credit_usd,
        'CRE35.excess_cap' as rule_ids
    from totals
    inner join rules on totals.reporting_date = rules.reporting_date
)

select * from final
