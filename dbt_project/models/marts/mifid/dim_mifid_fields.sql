with fields as (
    select * from {{ ref("mifid_fields") }}
),

owners as (
    select * from {{ ref("mifid_field_owners") }}
),

final as (
    select
        fields.field_number,
        fields.field_name,
        fields.column_name,
        fields.masked_column,
        fields.format,
        fields.on_new,
        fields.on_cancel,
        fields.rule,
        fields.source,
        owners.responsible
    from fields
    left join owners on fields.field_number = owners.field_number
)

select * from final
