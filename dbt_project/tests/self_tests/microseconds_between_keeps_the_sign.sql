with times as (
    select
        cast('2022-12-05 14:31:07.123456' as timestamp) as start_time,
        cast('2022-12-05 14:31:07.123457' as timestamp) as end_time
),

computed as (
    select
        {{ microseconds_between("start_time", "end_time") }} as later,
        {{ microseconds_between("end_time", "start_time") }} as earlier
    from times
)

select *
from computed
where later <> 1 or earlier <> -1
