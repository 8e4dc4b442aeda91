select *
from (
    select
        {{ money("cast(0.0000005 as double)") }} as half,
        {{ money("cast(-0.0000005 as double)") }} as negative_half,
        {{ money("cast(0.0000004 as double)") }} as less_than_half
) as rounded
where half <> 0.000001 or negative_half <> -0.000001 or less_than_half <> 0
