with rules as (
    select replace(lower(rule_id), '-', '_') as column_name from {{ ref("mifid_validation_rules") }}
),

checks as (
    select column_name
    from (
        {{ relation_columns(ref("int_mifid_failed_checks")) }}
    ) as columns_of_checks
    where {{ matches_pattern("column_name", "r[0-9]{2}_[0-9]") }}
)

select
    rules.column_name as rule_column,
    checks.column_name as check_column
from rules
full outer join checks on rules.column_name = checks.column_name
where rules.column_name is null or checks.column_name is null
