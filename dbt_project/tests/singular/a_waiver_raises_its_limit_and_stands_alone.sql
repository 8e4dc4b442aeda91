select
    waivers.waiver_id,
    waivers.limit_id,
    'does not raise the limit' as fault
from {{ ref("limit_waivers") }} as waivers
left join {{ ref("limits") }} as limits
    on
        waivers.limit_id = limits.limit_id
        and waivers.granted_on < limits.valid_to
        and waivers.expires_on >= limits.valid_from
where not coalesce(waivers.waived_limit_value > limits.limit_value, false)
union all
select
    waivers.waiver_id,
    waivers.limit_id,
    'overlaps another waiver' as fault
from {{ ref("limit_waivers") }} as waivers
inner join {{ ref("limit_waivers") }} as other_waivers
    on
        waivers.limit_id = other_waivers.limit_id
        and waivers.granted_on <= other_waivers.expires_on
        and waivers.expires_on >= other_waivers.granted_on
where
    waivers.waiver_id <> other_waivers.waiver_id
    and (
        waivers.exposure_key is null
        or other_waivers.exposure_key is null
        or waivers.exposure_key = other_waivers.exposure_key
    )
