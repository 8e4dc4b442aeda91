select *
from (
    select
        {{ add_months("cast('2020-08-31' as date)", "-6") }} as leap_february,
        {{ add_months("cast('2021-08-31' as date)", "-6") }} as february,
        {{ add_months("cast('2020-08-15' as date)", "-6 * 2") }} as year_before
) as computed
where
    leap_february <> cast('2020-02-29' as date)
    or february <> cast('2021-02-28' as date)
    or year_before <> cast('2019-08-15' as date)
