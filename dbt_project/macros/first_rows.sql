{#- Only keys that stand more than once are ranked, not the whole table. -#}
{% macro first_rows(relation, key) -%}
    {%- set keys = key | join(", ") %}
    select landed.*
    from {{ relation }} as landed
    left join (
        select
            {{ keys }},
            _load_sequence,
            _line
        from (
            select
                {% for column in key -%}
                repeated_rows.{{ column }},
                {% endfor -%}
                repeated_rows._load_sequence,
                repeated_rows._line,
                row_number() over (
                    partition by repeated_rows.{{ key | join(", repeated_rows.") }}
                    order by repeated_rows._load_sequence, repeated_rows._line
                ) as _delivery_number
            from {{ relation }} as repeated_rows
            inner join (
                select {{ keys }}
                from {{ relation }}
                group by {{ keys }}
                having count(*) > 1
            ) as repeated_keys
                on
                    {% for column in key -%}
                    repeated_rows.{{ column }} = repeated_keys.{{ column }}
                    {{- " and " if not loop.last }}
                    {%- endfor %}
        ) as ranked
        where _delivery_number > 1
    ) as changed
        on
            {% for column in key -%}
            landed.{{ column }} = changed.{{ column }} and {% endfor -%}
            landed._load_sequence = changed._load_sequence
            and landed._line = changed._line
    where changed._line is null
{%- endmacro %}
