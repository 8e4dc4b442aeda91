-- Names items of own funds that nobody said what to do with: they would not count, nor be deducted.
select distinct
    own_funds.as_of_date,
    own_funds.item_code,
    own_funds.tier
from {{ ref("stg_ledger__own_funds") }} as own_funds
left join {{ ref("own_funds_treatments") }} as treatments
    on own_funds.item_code = treatments.item_code
where own_funds.tier <> 'information' and treatments.item_code is null
