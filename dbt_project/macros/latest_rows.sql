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

{#- The same rows without ranking the whole table: only keys that stand more than once are ranked. -#}
{% macro latest_rows_where_repeated(relation, key) -%}
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
                    order by repeated_rows._load_sequence desc, repeated_rows._line desc
                ) as _recency
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
        where _recency > 1
    ) as replaced
        on
            {% for column in key -%}
            landed.{{ column }} = replaced.{{ column }} and {% endfor -%}
            landed._load_sequence = replaced._load_sequence
            and landed._line = replaced._line
    where replaced._line is null
{%- endmacro %}
