{%- set models = sox_control_models() -%}
with items as (
    {% for model in models %}
        select
            control_id,
            item_id,
            item_date,
            person,
            amount_usd,
            is_exception,
            reason,
            detail
        from {{ ref(model) }}
        {{ "union all" if not loop.last }}
    {% endfor %}
),

controls as (
    select * from {{ ref("sox_controls") }}
),

periods as (
    select * from {{ ref("int_sox_periods") }}
),

final as (
    select
        items.control_id,
        periods.period_id,
        items.item_id,
        items.item_date,
        items.person,
        items.amount_usd,
        items.is_exception,
        items.reason,
        items.detail
    from items
    inner join controls on items.control_id = controls.control_id
    inner join periods
        on
            controls.frequency = periods.frequency
            and items.item_date >= periods.starts_on
            and items.item_date <= periods.ends_on
)

select * from final
