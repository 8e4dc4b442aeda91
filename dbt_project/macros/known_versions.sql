{#- Each delivery of a key from the day on which it was delivered to the day before the next one. -#}
{% macro known_versions(relation, key) -%}
    select
        *,
        delivery_business_date as known_from,
        coalesce(
            lead(delivery_business_date) over (
                partition by {{ key }}
                order by delivery_business_date
            ),
            cast('9999-01-01' as date)
        ) as known_to
    from {{ relation }}
{%- endmacro %}
