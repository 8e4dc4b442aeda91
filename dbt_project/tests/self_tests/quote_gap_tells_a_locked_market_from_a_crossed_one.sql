with fills (is_quoted_as_rate, bid, ask, price, quantity, fx_rate_usd, expected) as (
    values
    (false, 10.00, 10.00, 10.00, 1.00, 1.00, null),
    (false, 10.01, 10.00, 10.00, 1.00, 1.00, 'unusable_quote'),
    (false, 0.00, 10.00, 10.00, 1.00, 1.00, 'unusable_quote'),
    (false, 0.01, 10.00, 10.00, 1.00, 1.00, null),
    (false, null, 10.00, 10.00, 1.00, 1.00, 'no_quote'),
    (false, 10.00, null, 10.00, 1.00, 1.00, 'no_quote'),
    (false, 10.00, 10.00, null, 1.00, 1.00, 'no_price'),
    (false, 10.00, 10.00, 10.00, null, 1.00, 'no_price'),
    (false, 10.00, 10.00, 10.00, 1.00, null, 'no_fx_rate'),
    (true, 10.00, 10.00, 10.00, 1.00, 1.00, 'quoted_as_rate')
),

computed as (
    select
        fills.*,
        {{ quote_gap("bid", "ask") }} as found
    from fills
)

select *
from computed
where coalesce(found, '') <> coalesce(expected, '')
