with fields as (
    select * from {{ ref("mifid_fields") }}
),

wanted as (
    select
        field_number,
        column_name
    from fields
    union all
    select
        field_number,
        type_column as column_name
    from fields
    where type_column is not null
    union all
    select
        field_number,
        token_column as column_name
    from fields
    where token_column is not null
    union all
    select
        field_number,
        masked_column as column_name
    from fields
    where masked_column is not null
),

present as (
    {{ relation_columns(ref("int_mifid_report_fields")) }}
)

select wanted.*
from wanted
left join present on wanted.column_name = present.column_name
where present.column_name is null
