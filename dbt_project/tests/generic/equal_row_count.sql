{% test equal_row_count(model, compare_to) %}
    with this_model as (
        select count(*) as row_count from {{ model }}
    ),

    other_model as (
        select count(*) as row_count from {{ compare_to }}
    )

    select
        this_model.row_count,
        other_model.row_count as compared_row_count
    from this_model
    cross join other_model
    where this_model.row_count <> other_model.row_count
{% endtest %}
