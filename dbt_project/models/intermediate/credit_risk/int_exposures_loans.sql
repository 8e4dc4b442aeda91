{{ facility_exposures(
    "loan",
    [
        "term_loan",
        "overdraft",
        "revolving_credit",
        "interbank_placement",
        "construction_loan",
        "note_issuance_facility",
    ],
    {"is_presold": "facilities.is_presold", "property_use": "facilities.property_use"},
) }}
