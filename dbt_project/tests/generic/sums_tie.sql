{% test sums_tie(
    model,
    columns,
    compare_to,
    group_by,
    compare_columns=none,
    condition="true",
    compare_condition="true",
    tolerance=0
) %}
    select
        {{ group_by | join(", ") }},
        {%- for column in columns %}
        sum({{ column }}) as {{ column }}_difference{{ "," if not loop.last }}
        {%- endfor %}
    from (
        select
            {{ group_by | join(", ") }},
            {{ columns | join(", ") }}
        from {{ model }}
        where {{ condition }}
        union all
        select
            {{ group_by | join(", ") }},
            {%- for column in compare_columns or columns %}
            -{{ column }}{{ "," if not loop.last }}
            {%- endfor %}
        from {{ compare_to }}
        where {{ compare_condition }}
    ) as both_sides
    group by {{ group_by | join(", ") }}
    having
        {%- for column in columns %}
        abs(sum({{ column }})) > {{ tolerance }}{{ " or" if not loop.last }}
        {%- endfor %}
{% endtest %}
