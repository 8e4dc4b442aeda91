-- Where the bank's private credit is, and the buffer rate in force there.
with exposures as (
    select * from {{ ref("fct_credit_exposures") }}
),

national_rates as (
    select * from {{ ref("countercyclical_buffer_rates") }}
),

parameters as (
    select *
    from {{ ref("int_basel_parameters") }}
    where rule_id = 'RBC30.countercyclical_buffer.reciprocity_cap'
),

private_credit as (
    select
        reporting_date,
        coalesce(country, 'unknown') as country,
        {{ money("sum(rwa_usd)") }} as private_credit_rwa_usd
    from exposures
    where is_private_sector
    group by reporting_date, coalesce(country, 'unknown')
),

totals as (
    select
        reporting_date,
        {{ money("sum(private_credit_rwa_usd)") }} as total_rwa_usd
    from private_credit
    group by reporting_date
),

final as (
    select
        private_credit.reporting_date,
        private_credit.country,
        private_credit.private_credit_rwa_usd,
        case
            when totals.total_rwa_usd > 0
                then
                    cast(private_credit.private_credit_rwa_usd as double)
                    / cast(totals.total_rwa_usd as double)
            else cast(0 as double)
        end as rwa_share,
        national_rates.rate as national_rate,
        least(coalesce(national_rates.rate, cast(0 as double)), parameters.value) as applied_rate,
        national_rates.rate is null as is_rate_defaulted,
        national_rates.rate > parameters.value as is_rate_capped,
        national_rates.source as rate_source,
        parameters.rule_id
    from private_credit
    inner join totals on private_credit.reporting_date = totals.reporting_date
    inner join parameters on private_credit.reporting_date = parameters.reporting_date
    left join national_rates
        on
            private_credit.country = national_rates.country
            and private_credit.reporting_date >= national_rates.valid_from
            and private_credit.reporting_date
            < coalesce(national_rates.valid_to, cast('9999-01-01' as date))
)

select * from final
