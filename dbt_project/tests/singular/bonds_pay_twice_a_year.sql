-- Guards an assumption of the pricing functions behind int_instrument_valuations.
select
    instrument_id,
    instrument_name,
    coupons_per_year,
    maturity_date
from {{ ref("dim_instruments") }}
where
    instrument_type = 'government_bond'
    and (coupons_per_year is null or coupons_per_year <> 2 or maturity_date is null)
