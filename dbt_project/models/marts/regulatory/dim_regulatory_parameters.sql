with parameters as (
    select * from {{ ref("int_basel_parameters") }}
),

final as (
    select
        reporting_date,
        jurisdiction,
        rule_id,
        rule_group,
        parameter_key,
        above,
        up_to,
        value,
        unit,
        paragraph,
        rules_of,
        basis,
        valid_from,
        valid_to
    from parameters
)

select * from final
