with benford as (
    select * from {{ ref("fct_sox_benford") }}
    where digits = 'first_two'
),

amounts as (
    select
        population,
        quarter,
        max(posting_date) as last_posting_date,
        sum(amount_usd) as amount_usd
    from {{ ref("int_benford_amounts") }}
    group by population, quarter
),

significances as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-16.significance'
),

fewest as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-16.amounts'
),

judged as (
    select
        benford.*,
        amounts.last_posting_date,
        amounts.amount_usd,
        significances.value as significance,
        -- A few hundred amounts that obey the law are further from it than the limits, which were
        -- set for many: the distance must also be one that chance does not explain.
        case
            when benford.amounts >= fewest.value
                then
                    benford.conformity = 'nonconformity'
                    and benford.chi_square_p_value < significances.value
        end as is_exception
    from benford
    inner join amounts
        on benford.population = amounts.population and benford.quarter = amounts.quarter
    left join significances
        on
            amounts.last_posting_date >= significances.valid_from
            and (
                significances.valid_to is null
                or amounts.last_posting_date < significances.valid_to
            )
    left join fewest
        on
            amounts.last_posting_date >= fewest.valid_from
            and (fewest.valid_to is null or amounts.last_posting_date < fewest.valid_to)
),

final as (
    select
        'JE-16' as control_id,
        population || '|' || quarter as item_id,
        last_posting_date as item_date,
        cast(null as string) as person,
        {{ money("amount_usd") }} as amount_usd,
        is_exception,
        case
            when is_exception
                then
                    'first two digits do not conform to Benford''s law: mean absolute deviation '
                    || cast(round(mean_absolute_deviation, 6) as string) || ', chi-square '
                    || cast(round(chi_square, 1) as string) || ' at '
                    || cast(degrees_of_freedom as string) || ' degrees of freedom'
        end as reason,
        cast(amounts as string) || ' amounts of ' || population || ' journals, '
        || conformity || ', p-value of the chi-square '
        || cast(round(chi_square_p_value, 6) as string) as detail
    from judged
)

select * from final
