{% macro latest_source_dates(observations, business_dates, key, date_column) -%}
    {%- set keys = key | join(", ") %}
    select
        {{ keys }},
        business_date,
        source_date
    from (
        select
            {{ keys }},
            observed_or_wanted_date as business_date,
            is_wanted,
            max(source_date) over (
                partition by {{ keys }}
                order by observed_or_wanted_date
                rows between unbounded preceding and current row
            ) as source_date
        from (
            select
                {{ keys }},
                observed_or_wanted_date,
                max(source_date) as source_date,
                max(is_wanted) as is_wanted
            from (
                select distinct
                    {{ keys }},
                    {{ date_column }} as observed_or_wanted_date,
                    {{ date_column }} as source_date,
                    0 as is_wanted
                from {{ observations }}
                union all
                select
                    {{ keys }},
                    {{ business_dates }}.business_date as observed_or_wanted_date,
                    cast(null as date) as source_date,
                    1 as is_wanted
                from (
                    select distinct {{ keys }} from {{ observations }}
                ) as observed_keys
                cross join {{ business_dates }}
            ) as observed_and_wanted
            group by {{ keys }}, observed_or_wanted_date
        ) as one_row_per_date
    ) as carried_forward
    where is_wanted = 1 and source_date is not null
{%- endmacro %}
