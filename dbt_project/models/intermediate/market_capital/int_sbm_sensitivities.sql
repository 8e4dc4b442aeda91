with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

net as (
    select *
    from {{ ref("int_sbm_net_sensitivities") }}
    where sensitivity_usd <> 0
),

specified_currencies as (
    select * from {{ ref("specified_currencies") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

-- Which weight a risk factor takes: interest rates by tenor, spreads and shares by bucket.
weights as (
    select
        reporting_date,
        'interest_rate' as risk_class,
        cast(null as string) as bucket,
        cast(parameter_key as double) as tenor_years,
        value,
        rule_id
    from parameters
    where rule_group = 'MAR21.girr_risk_weight'
    union all
    select
        reporting_date,
        case rule_group
            when 'MAR21.csr_risk_weight' then 'credit_spread'
            else 'equity'
        end as risk_class,
        parameter_key as bucket,
        cast(null as double) as tenor_years,
        value,
        rule_id
    from parameters
    where rule_group in ('MAR21.csr_risk_weight', 'MAR21.equity_risk_weight')
    union all
    select
        reporting_date,
        'foreign_exchange' as risk_class,
        cast(null as string) as bucket,
        cast(null as double) as tenor_years,
        value,
        rule_id
    from parameters
    where rule_group = 'MAR21.fx_risk_weight'
),

-- The bank makes use of the discretion to divide the weights of specified currencies.
divisors as (
    select
        parameters.reporting_date,
        specified_currencies.risk_class,
        specified_currencies.currency,
        parameters.value,
        parameters.rule_id
    from parameters
    inner join basel_dates on parameters.reporting_date = basel_dates.reporting_date
    inner join specified_currencies
        on
            basel_dates.rules_date >= specified_currencies.valid_from
            and (
                specified_currencies.valid_to is null
                or basel_dates.rules_date < specified_currencies.valid_to
            )
            and parameters.rule_group = case specified_currencies.risk_class
                when 'interest_rate' then 'MAR21.girr_liquid_currency_divisor'
                else 'MAR21.fx_specified_pair_divisor'
            end
),

with_rules as (
    select
        net.*,
        weights.value as base_weight,
        weights.rule_id as weight_rule_id,
        divisors.value as divisor,
        divisors.rule_id as divisor_rule_id
    from net
    inner join weights
        on
            net.reporting_date = weights.reporting_date
            and net.risk_class = weights.risk_class
            and (weights.bucket is null or net.bucket = weights.bucket)
            and (weights.tenor_years is null or net.tenor_years = weights.tenor_years)
    left join divisors
        on
            net.reporting_date = divisors.reporting_date
            and net.risk_class = divisors.risk_class
            and net.currency = divisors.currency
),

weighted as (
    select
        *,
        cast(base_weight / coalesce(divisor, 1) as double) as risk_weight
    from with_rules
),

final as (
    select
        reporting_date,
        risk_class,
        bucket,
        qualifier,
        factor,
        tenor_years,
        sensitivity_usd,
        risk_weight,
        {{ money("cast(sensitivity_usd as double) * risk_weight") }} as weighted_sensitivity_usd,
        is_bucket_defaulted,
        case
            when divisor_rule_id is null then weight_rule_id
            when divisor_rule_id < weight_rule_id then divisor_rule_id || '; ' || weight_rule_id
            else weight_rule_id || '; ' || divisor_rule_id
        end as rule_ids
    from weighted
)

select * from final
