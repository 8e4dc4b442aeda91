with quotes as (
    select
        false as is_quoted_as_rate,
        10.00 as bid,
        10.00 as ask,
        10.00 as price,
        1.00 as quantity,
        1.00 as fx_rate_usd,
        cast(null as string) as expected
    union all
    select false, 10.01, 10.00, 10.00, 1.00, 1.00, 'unusable_quote'
    union all
    select false, 0.00, 10.00, 10.00, 1.00, 1.00, 'unusable_quote'
    union all
    select false, 0.01, 10.00, 10.00, 1.00, 1.00, null
    union all
    select false, null, 10.00, 10.00, 1.00, 1.00, 'no_quote'
    union all
    select false, 10.00, null, 10.00, 1.00, 1.00, 'no_quote'
    union all
    select false, 10.00, 10.00, null, 1.00, 1.00, 'no_price'
    union all
    select false, 10.00, 10.00, 10.00, null, 1.00, 'no_price'
    union all
    select false, 10.00, 10.00, 10.00, 1.00, null, 'no_fx_rate'
    union all
    select true, 10.00, 10.00, 10.00, 1.00, 1.00, 'quoted_as_rate'
),

computed as (
    select
        quotes.*,
        {{ quote_gap("bid", "ask") }} as found
    from quotes
)

select *
from computed
where coalesce(found, '') <> coalesce(expected, '')
