with backups as (
    select * from {{ ref("stg_operations__backups") }}
),

systems as (
    select * from {{ ref("sox_systems") }}
),

quarters as (
    select * from {{ ref("int_sox_periods") }}
    where frequency = 'quarterly' and is_closed
),

expected as (
    select
        systems.system,
        quarters.quarter_id,
        quarters.starts_on,
        quarters.ends_on
    from systems
    inner join quarters
        on
            systems.valid_from <= quarters.ends_on
            and quarters.ends_on < coalesce(systems.valid_to, cast('9999-01-01' as date))
),

restores as (
    select
        system,
        cast(restore_tested_at as date) as restored_on
    from backups
    where restore_tested_at is not null
),

judged as (
    select
        expected.system,
        expected.quarter_id,
        expected.ends_on,
        count(
            case
                when
                    restores.restored_on >= expected.starts_on
                    and restores.restored_on <= expected.ends_on
                    then 1
            end
        ) as restores_tested,
        max(
            case when restores.restored_on <= expected.ends_on then restores.restored_on end
        ) as last_restored_on
    from expected
    left join restores on expected.system = restores.system
    group by expected.system, expected.quarter_id, expected.ends_on
),

final as (
    select
        {{ sox_control_item(
            control_id="OP-03",
            item_id="system || '|' || quarter_id",
            item_date="ends_on",
            is_exception="restores_tested = 0",
            reason="'no restore was tested in the quarter'",
            detail="cast(restores_tested as string) || ' tested, the last on '"
            ~ " || coalesce(cast(last_restored_on as string), 'no day')",
        ) }}
    from judged
)

select * from final
