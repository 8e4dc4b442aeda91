"""One row per population, quarter and digits: how far leading digits are from Benford's law."""

from python_models.controls.benford_frames import benford_frame


def model(dbt, session):
    """Hand the amounts and the limits in force to the statistics."""
    dbt.config(materialized="table")
    frame = benford_frame(
        dbt.ref("int_benford_amounts").df(),
        dbt.ref("sox_parameters").filter("valid_to is null").df(),
    )
    return session.from_df(frame).project(
        """
        cast(population as varchar) as population,
        cast(quarter as varchar) as quarter,
        cast(digits as varchar) as digits,
        cast(amounts as integer) as amounts,
        cast(chi_square as double) as chi_square,
        cast(degrees_of_freedom as integer) as degrees_of_freedom,
        cast(chi_square_p_value as double) as chi_square_p_value,
        cast(mean_absolute_deviation as double) as mean_absolute_deviation,
        cast(conformity as varchar) as conformity,
        cast(kolmogorov_smirnov as double) as kolmogorov_smirnov,
        cast(mantissa_mean as double) as mantissa_mean,
        cast(mantissa_variance as double) as mantissa_variance,
        cast(arc_squared_length as double) as arc_squared_length,
        cast(arc_p_value as double) as arc_p_value,
        cast(distortion_factor as double) as distortion_factor
        """
    )
