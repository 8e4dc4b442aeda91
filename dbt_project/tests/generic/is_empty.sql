{# Nobody has anything to do. Given the name of a date column, only rows within the window that is being built count, so
   that a list of old cases does not warn for ever. #}
{% test is_empty(model, window_column=none) %}
    select *
    from {{ model }}
    {%- if window_column is not none %}
    where {{ in_window(window_column) }}
    {%- endif %}
{% endtest %}
