with statistics as (
    select * from {{ ref("int_benford_statistics") }}
),

final as (
    select
        population,
        quarter,
        digits,
        amounts,
        chi_square,
        degrees_of_freedom,
        chi_square_p_value,
        mean_absolute_deviation,
        conformity,
        kolmogorov_smirnov,
        mantissa_mean,
        mantissa_variance,
        arc_squared_length,
        arc_p_value,
        distortion_factor
    from statistics
)

select * from final
