{{ facility_exposures(
    "mortgage",
    ["residential_mortgage", "commercial_mortgage"],
    {
        "loan_to_value": "facilities.loan_to_value",
        "property_use": "facilities.property_use",
        "is_presold": "facilities.is_presold",
        "note": "case when facilities.is_obligor_missing then 'the obligor is not known'"
            ~ " when facilities.loan_to_value is null then 'the value of the property is not known' end",
    },
) }}
