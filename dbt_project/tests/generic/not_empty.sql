{% test not_empty(model, when_filled=none) %}
    select counted.row_count
    from (select count(*) as row_count from {{ model }}) as counted
    where
        counted.row_count = 0
        {%- if when_filled is not none %}
        and exists (select 1 from {{ when_filled }})
        {%- endif %}
{% endtest %}
