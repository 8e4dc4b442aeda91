{# A law of every single row. A row for which it cannot be told, because a part is missing, breaks it. #}
{% test expression_holds(model, expression) %}
    select *
    from {{ model }}
    where not coalesce({{ expression }}, false)
{% endtest %}
