with digits_counted as (
    select * from {{ ref("int_benford_digits") }}
),

final as (
    select
        population,
        quarter,
        digits,
        digit,
        observed_amounts,
        observed_proportion,
        expected_proportion,
        lower_limit,
        upper_limit,
        z_statistic,
        is_significant
    from digits_counted
)

select * from final
