with positions as (
    select * from {{ ref("int_capital_positions") }}
),

buffers as (
    select * from {{ ref("int_capital_buffer_rates") }}
),

parameters as (
    select *
    from {{ ref("int_basel_parameters") }}
    where rule_group = 'RBC20.minimum'
),

conserved as (
    select * from {{ ref("int_capital_conservation") }}
),

amounts as (
    select
        reporting_date,
        'cet1' as tier,
        cet1_usd as amount_usd,
        rwa_usd
    from positions
    union all
    select
        reporting_date,
        't1' as tier,
        t1_usd as amount_usd,
        rwa_usd
    from positions
    union all
    select
        reporting_date,
        'total' as tier,
        total_usd as amount_usd,
        rwa_usd
    from positions
),

required as (
    select
        amounts.reporting_date,
        amounts.tier,
        amounts.amount_usd,
        amounts.rwa_usd,
        parameters.value as minimum_ratio,
        {{ money("cast(amounts.rwa_usd as double) * parameters.value") }} as minimum_usd,
        buffers.conservation_rate,
        buffers.countercyclical_rate,
        buffers.systemic_rate,
        buffers.combined_buffer_rate,
        {{ money(
            "cast(amounts.rwa_usd as double)"
            ~ " * (parameters.value + buffers.combined_buffer_rate)"
        ) }} as requirement_usd,
        conserved.available_ratio as cet1_available_ratio,
        parameters.rule_id
    from amounts
    inner join parameters
        on
            amounts.reporting_date = parameters.reporting_date
            and amounts.tier = parameters.parameter_key
    inner join buffers on amounts.reporting_date = buffers.reporting_date
    inner join conserved on amounts.reporting_date = conserved.reporting_date
),

final as (
    select
        reporting_date,
        tier,
        amount_usd,
        rwa_usd,
        cast(amount_usd as double) / cast(rwa_usd as double) as ratio,
        minimum_ratio,
        minimum_usd,
        amount_usd - minimum_usd as surplus_usd,
        amount_usd >= minimum_usd as is_met,
        conservation_rate,
        countercyclical_rate,
        systemic_rate,
        combined_buffer_rate,
        minimum_ratio + combined_buffer_rate as requirement_ratio,
        requirement_usd,
        amount_usd - requirement_usd as surplus_over_buffers_usd,
        amount_usd >= requirement_usd as is_buffer_met,
        cet1_available_ratio,
        rule_id
        || '; RBC30.conservation_buffer.rate; RBC30.countercyclical_buffer.reciprocity_cap'
            as rule_ids
    from required
)

select * from final
