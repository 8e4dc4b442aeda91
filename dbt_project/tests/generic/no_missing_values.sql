{% test no_missing_values(model, columns) %}
    {%- for column in columns %}
    select
        '{{ column }}' as column_name,
        count(*) as missing_rows
    from {{ model }}
    where {{ column }} is null
    having count(*) > 0
    {{ "union all" if not loop.last }}
    {%- endfor %}
{% endtest %}
