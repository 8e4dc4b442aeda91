{{ facility_exposures("card", ["credit_card"]) }}
