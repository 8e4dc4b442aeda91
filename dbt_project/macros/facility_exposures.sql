{#- A facility of lending with its undrawn amount, as an exposure: what all kinds of facilities have in common. -#}
{% macro facility_exposures(exposure_type, product_types, more={}) -%}
    {%- set columns = {
        "reporting_date": "facilities.reporting_date",
        "exposure_id": "facilities.facility_id",
        "exposure_type": "'" ~ exposure_type ~ "'",
        "source_model": "'stg_lending__credit_facilities'",
        "source_row_id": "facilities.facility_id",
        "off_balance_usd": "coalesce(commitments.undrawn_usd, 0)",
        "commitment_kind": "commitments.commitment_kind",
        "original_maturity_years": "coalesce(facilities.original_maturity_years, 99)",
        "is_revolving": "facilities.repayment_type = 'revolving'",
        "note": "case when facilities.is_obligor_missing then 'the obligor is not known' end",
    } -%}
    {%- for column in [
        "obligor_id", "obligor_type", "connected_group_id", "country", "is_private_sector", "product_type", "purpose",
        "project_phase", "slotting_category", "currency", "usd_per_eur", "on_balance_usd", "provisions_usd",
        "remaining_maturity_years", "credit_quality_step", "scra_grade", "annual_turnover_eur",
        "is_managed_as_retail", "is_transactor", "is_defaulted", "is_subordinated", "has_currency_mismatch",
        "default_probability", "loss_given_default",
    ] -%}
        {%- do columns.update({column: "facilities." ~ column}) -%}
    {%- endfor -%}
    {%- do columns.update(more) -%}
with facilities as (
    select *
    from {{ ref("int_credit_facilities") }}
    where product_type in ('{{ product_types | join("', '") }}')
),

commitments as (
    select * from {{ ref("int_exposures_commitments") }}
),

final as (
    select {{ credit_exposure(columns) }}
    from facilities
    left join commitments
        on
            facilities.reporting_date = commitments.reporting_date
            and facilities.facility_id = commitments.facility_id
)

select * from final
{%- endmacro %}
