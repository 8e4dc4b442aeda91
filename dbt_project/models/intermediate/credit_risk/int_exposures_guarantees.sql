{{ facility_exposures(
    "guarantee",
    ["trade_letter_of_credit", "performance_guarantee", "financial_guarantee"],
) }}
