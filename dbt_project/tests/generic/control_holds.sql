{#- The control's own model is named so that the warning stands beside it; its result is what is looked at. -#}
{% test control_holds(model, control_id, results) %}
    select *
    from {{ results }}
    where
        control_id = '{{ control_id }}'
        and is_closed
        and conclusion <> 'effective'
        and ends_on = (
            select max(ends_on)
            from {{ results }}
            where control_id = '{{ control_id }}' and is_closed
        )
{% endtest %}
