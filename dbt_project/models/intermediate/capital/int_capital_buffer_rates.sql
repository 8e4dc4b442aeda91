with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

countercyclical_rates as (
    select * from {{ ref("int_countercyclical_rates") }}
),

settings as (
    select * from {{ ref("institution_settings") }}
),

conservation_rates as (
    select
        reporting_date,
        value as conservation_rate
    from parameters
    where rule_id = 'RBC30.conservation_buffer.rate'
),

gsib_rates as (
    select
        reporting_date,
        parameter_key,
        value as gsib_rate,
        rule_id as gsib_rule_id
    from parameters
    where rule_group = 'RBC40.higher_loss_absorbency'
),

dated as (
    select
        basel_dates.reporting_date,
        conservation_rates.conservation_rate,
        coalesce(countercyclical_rates.countercyclical_rate, cast(0 as double))
            as countercyclical_rate,
        settings.gsib_bucket,
        coalesce(gsib_rates.gsib_rate, cast(0 as double)) as gsib_rate,
        gsib_rates.gsib_rule_id,
        coalesce(settings.dsib_buffer_rate, cast(0 as double)) as dsib_rate
    from basel_dates
    inner join conservation_rates
        on basel_dates.reporting_date = conservation_rates.reporting_date
    left join countercyclical_rates
        on basel_dates.reporting_date = countercyclical_rates.reporting_date
    left join settings
        on
            basel_dates.reporting_date >= settings.valid_from
            and basel_dates.reporting_date
            < coalesce(settings.valid_to, cast('9999-01-01' as date))
    left join gsib_rates
        on
            basel_dates.reporting_date = gsib_rates.reporting_date
            and gsib_rates.parameter_key = 'bucket_' || cast(settings.gsib_bucket as string)
),

final as (
    select
        reporting_date,
        conservation_rate,
        countercyclical_rate,
        gsib_bucket,
        gsib_rate,
        gsib_rule_id,
        dsib_rate,
        greatest(gsib_rate, dsib_rate) as systemic_rate,
        conservation_rate + countercyclical_rate + greatest(gsib_rate, dsib_rate)
            as combined_buffer_rate
    from dated
)

select * from final
