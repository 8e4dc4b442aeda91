{% test is_empty(model, window_column=none) %}
    select *
    from {{ model }}
    {%- if window_column is not none %}
    where {{ in_window(window_column) }}
    {%- endif %}
{% endtest %}
