"""Terms of one instrument of each modelled type, valued by several tests."""

BLANK = {
    "currency": "USD",
    "base_currency": None,
    "contract_multiplier": 1.0,
    "start_date": "2020-01-02",
    "coupon_rate_pct": None,
    "coupons_per_year": None,
    "strike_price": None,
    "option_type": None,
    "underlying_instrument_id": None,
}
BOND = {
    **BLANK,
    "instrument_id": "GB:A",
    "instrument_type": "government_bond",
    "contract_multiplier": 0.01,
    "maturity_date": "2031-08-15",
    "coupon_rate_pct": 2.0,
    "coupons_per_year": 2,
}
OPTION = {
    **BLANK,
    "instrument_id": "OP:A",
    "instrument_type": "equity_option",
    "contract_multiplier": 100.0,
    "maturity_date": "2020-07-17",
    "strike_price": 55.0,
    "option_type": "put",
    "underlying_instrument_id": "EQ:AAA",
}
FORWARD = {
    **BLANK,
    "instrument_id": "FW:A",
    "instrument_type": "fx_forward",
    "maturity_date": "2020-09-01",
    "base_currency": "EUR",
    "currency": "JPY",
    "strike_price": 121.0,
}
SWAP = {
    **BLANK,
    "instrument_id": "SW:A",
    "instrument_type": "interest_rate_swap",
    "start_date": "2020-02-28",
    "maturity_date": "2027-02-28",
    "coupon_rate_pct": 1.2,
}
