with facilities as (
    select *
    from {{ ref("int_credit_facilities") }}
    where product_type in (
        'term_loan', 'overdraft', 'revolving_credit', 'interbank_placement', 'construction_loan',
        'note_issuance_facility'
    )
),

commitments as (
    select * from {{ ref("int_exposures_commitments") }}
),

final as (
    select {{ credit_exposure({
        "reporting_date": "facilities.reporting_date",
        "exposure_id": "facilities.facility_id",
        "exposure_type": "'loan'",
        "source_model": "'stg_lending__credit_facilities'",
        "source_row_id": "facilities.facility_id",
        "obligor_id": "facilities.obligor_id",
        "obligor_type": "facilities.obligor_type",
        "connected_group_id": "facilities.connected_group_id",
        "country": "facilities.country",
        "is_private_sector": "facilities.is_private_sector",
        "product_type": "facilities.product_type",
        "purpose": "facilities.purpose",
        "project_phase": "facilities.project_phase",
        "slotting_category": "facilities.slotting_category",
        "currency": "facilities.currency",
        "usd_per_eur": "facilities.usd_per_eur",
        "on_balance_usd": "facilities.on_balance_usd",
        "provisions_usd": "facilities.provisions_usd",
        "off_balance_usd": "coalesce(commitments.undrawn_usd, 0)",
        "commitment_kind": "commitments.commitment_kind",
        "original_maturity_years": "coalesce(facilities.original_maturity_years, 99)",
        "remaining_maturity_years": "facilities.remaining_maturity_years",
        "credit_quality_step": "facilities.credit_quality_step",
        "scra_grade": "facilities.scra_grade",
        "annual_turnover_eur": "facilities.annual_turnover_eur",
        "is_managed_as_retail": "facilities.is_managed_as_retail",
        "is_presold": "facilities.is_presold",
        "property_use": "facilities.property_use",
        "is_revolving": "facilities.repayment_type = 'revolving'",
        "is_transactor": "facilities.is_transactor",
        "is_defaulted": "facilities.is_defaulted",
        "is_subordinated": "facilities.is_subordinated",
        "has_currency_mismatch": "facilities.has_currency_mismatch",
        "default_probability": "facilities.default_probability",
        "loss_given_default": "facilities.loss_given_default",
        "note": "case when facilities.is_obligor_missing then 'the obligor is not known' end",
    }) }}
    from facilities
    left join commitments
        on
            facilities.reporting_date = commitments.reporting_date
            and facilities.facility_id = commitments.facility_id
)

select * from final
