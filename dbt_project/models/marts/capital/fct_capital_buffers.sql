with rates as (
    select * from {{ ref("int_capital_buffer_rates") }}
),

countries as (
    select * from {{ ref("int_countercyclical_countries") }}
),

conservation as (
    select
        reporting_date,
        'conservation' as buffer_type,
        'all' as country,
        cast(null as decimal(38, 6)) as private_credit_rwa_usd,
        cast(null as double) as rwa_share,
        cast(null as double) as national_rate,
        conservation_rate as applied_rate,
        conservation_rate as buffer_rate,
        false as is_rate_defaulted,
        'RBC30.conservation_buffer.rate' as rule_ids,
        cast(null as string) as note
    from rates
),

systemic as (
    select
        reporting_date,
        'systemic' as buffer_type,
        'all' as country,
        cast(null as decimal(38, 6)) as private_credit_rwa_usd,
        cast(null as double) as rwa_share,
        cast(null as double) as national_rate,
        systemic_rate as applied_rate,
        systemic_rate as buffer_rate,
        false as is_rate_defaulted,
        gsib_rule_id as rule_ids,
        case
            when gsib_rate = 0 and dsib_rate = 0
                then 'neither of global nor of national systemic importance'
            when gsib_rate >= dsib_rate
                then 'bucket ' || cast(gsib_bucket as string) || ' of the global list'
            else 'of national systemic importance'
        end as note
    from rates
),

countercyclical as (
    select
        reporting_date,
        'countercyclical' as buffer_type,
        country,
        private_credit_rwa_usd,
        rwa_share,
        national_rate,
        applied_rate,
        rwa_share * applied_rate as buffer_rate,
        is_rate_defaulted,
        rule_id as rule_ids,
        case
            when is_rate_defaulted then 'no rate of this country is known on the date'
            when is_rate_capped then 'reciprocity ends at the cap; ' || rate_source
            else rate_source
        end as note
    from countries
),

final as (
    select * from conservation
    union all
    select * from systemic
    union all
    select * from countercyclical
)

select * from final
