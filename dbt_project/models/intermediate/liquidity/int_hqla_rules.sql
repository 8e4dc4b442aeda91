-- Which level a security belongs to by its type and rating, and what part of its value counts: the
-- rows of group LCR30.hqla, whose key is level and type.
with parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

levels as (
    select
        *,
        case
            when parameter_key like 'level_1.%' then 'level_1'
            when parameter_key like 'level_2a.%' then 'level_2a'
            when parameter_key like 'level_2b.%' then 'level_2b'
        end as hqla_level
    from parameters
    where rule_group = 'LCR30.hqla'
),

final as (
    select
        reporting_date,
        replace(parameter_key, hqla_level || '.', '') as security_type,
        hqla_level,
        above as rating_rank_above,
        up_to as rating_rank_up_to,
        value as liquidity_factor,
        rule_id as hqla_rule_id
    from levels
)

select * from final
