with deliveries as (
    select * from {{ ref("fct_delivery_reconciliation") }}
    where delivery_status = 'loaded'
),

-- A control sum is only there where the contract has one.
final as (
    select
        {{ sox_control_item(
            control_id="PL-02",
            item_id="delivery_id",
            item_date="delivery_business_date",
            is_exception="not (rows_unaccounted = 0 and coalesce(sum_unaccounted, 0) = 0)",
            reason="cast(rows_unaccounted as string) || ' rows and '"
            ~ " || coalesce(cast(sum_unaccounted as string), 'no')"
            ~ " || ' of the control sum are not accounted for'",
            detail="feed || ', ' || file_name || ': ' || cast(rows_read as string) || ' rows read, '"
            ~ " || cast(rows_loaded as string) || ' loaded'",
        ) }}
    from deliveries
)

select * from final
