with items as (
    select * from {{ ref("int_own_funds_items") }}
),

limits as (
    select * from {{ ref("int_own_funds_limits") }}
),

included as (
    select * from {{ ref("int_subsidiary_capital_included") }}
),

exposures as (
    select * from {{ ref("fct_credit_exposures") }}
),

standardised_credit as (
    select
        reporting_date,
        {{ money("sum(rwa_usd)") }} as rwa_usd
    from exposures
    where approach = 'standardised'
    group by reporting_date
),

measured as (
    select
        items.reporting_date,
        items.item_code,
        items.item_order,
        items.tier,
        items.treatment,
        items.gross_amount_usd,
        case
            when items.treatment in ('holdings_limit', 'threshold')
                then {{ money(
                    "-(limits.over_individual_limit_usd + limits.over_joint_limit_usd)"
                ) }}
            when items.treatment = 'capped'
                then least(
                    items.gross_amount_usd,
                    {{ money(
                        "cast(coalesce(standardised_credit.rwa_usd, 0) as double)"
                        ~ " * items.rule_share"
                    ) }}
                )
            else items.amount_usd
        end as amount_usd,
        case when items.treatment in ('holdings_limit', 'threshold') then limits.cet1_before_usd end
            as cet1_before_usd,
        limits.over_individual_limit_usd,
        limits.over_joint_limit_usd,
        limits.risk_weight,
        items.explanation,
        coalesce(limits.rule_ids, items.rule_id) as rule_ids
    from items
    left join limits
        on
            items.reporting_date = limits.reporting_date
            and items.item_code = limits.item_code
    left join standardised_credit on items.reporting_date = standardised_credit.reporting_date
),

own_items as (
    select
        reporting_date,
        item_code,
        item_order,
        tier,
        case when treatment in ('include', 'capped') then 'element' else 'deduction' end
            as item_type,
        gross_amount_usd,
        amount_usd,
        case
            when treatment in ('include', 'capped') then gross_amount_usd - amount_usd
            else cast(0 as decimal(38, 6))
        end as not_counted_usd,
        cet1_before_usd,
        over_individual_limit_usd,
        over_joint_limit_usd,
        case
            when risk_weight is not null
                then {{ money("cast(gross_amount_usd + amount_usd as double) * risk_weight") }}
        end as rwa_usd,
        explanation,
        rule_ids
    from measured
),

third_parties as (
    select
        reporting_date,
        case
            when tier = 'CET1' then 'minority_interest'
            else lower(tier) || '_subsidiary_instruments'
        end as item_code,
        case when tier = 'CET1' then 65 when tier = 'AT1' then 185 else 195 end as item_order,
        tier,
        'third_party' as item_type,
        {{ money("sum(third_party_usd)") }} as gross_amount_usd,
        {{ money("sum(included_usd)") }} as amount_usd,
        {{ money("sum(third_party_usd - included_usd)") }} as not_counted_usd,
        cast(null as decimal(38, 6)) as cet1_before_usd,
        cast(null as decimal(38, 6)) as over_individual_limit_usd,
        cast(null as decimal(38, 6)) as over_joint_limit_usd,
        cast(null as decimal(38, 6)) as rwa_usd,
        'Capital that others hold in subsidiaries counts without their share of its surplus'
            as explanation,
        max(rule_ids) as rule_ids
    from included
    group by reporting_date, tier
),

final as (
    select * from own_items
    union all
    select * from third_parties
)

select * from final
