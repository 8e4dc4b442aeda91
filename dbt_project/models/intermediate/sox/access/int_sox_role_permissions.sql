{#- Roles may contain roles, four deep. One level more is looked at, so that a test can say when
    that is not enough. -#}
{%- set levels = range(1, 6) -%}
with members as (
    select * from {{ ref("stg_identity__roles") }}
),

contained_roles as (
    select
        role_id,
        member_id
    from members
    where member_type = 'role'
),

level_0 as (
    select distinct
        role_id,
        role_id as contained_role_id
    from members
),

{% for level in levels %}
    level_{{ level }} as (
        select distinct
            level_{{ level - 1 }}.role_id,
            contained_roles.member_id as contained_role_id
        from level_{{ level - 1 }}
        inner join contained_roles
            on level_{{ level - 1 }}.contained_role_id = contained_roles.role_id
    ),

{% endfor %}

reached_roles as (
    select
        role_id,
        contained_role_id,
        0 as role_depth
    from level_0
    {% for level in levels %}
        union all
        select
            role_id,
            contained_role_id,
            {{ level }} as role_depth
        from level_{{ level }}
    {% endfor %}
),

final as (
    select
        reached_roles.role_id,
        members.member_id as permission_id,
        min(reached_roles.role_depth) as role_depth
    from reached_roles
    inner join members
        on reached_roles.contained_role_id = members.role_id and members.member_type = 'permission'
    group by reached_roles.role_id, members.member_id
)

select * from final
