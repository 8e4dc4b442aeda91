{% macro latest_rows(relation, key) -%}
    select *
    from (
        select
            *,
            row_number() over (
                partition by {{ key | join(", ") }}
                order by _load_sequence desc, _line desc
            ) as _recency
        from {{ relation }}
    ) as ranked
    where _recency = 1
{%- endmacro %}
