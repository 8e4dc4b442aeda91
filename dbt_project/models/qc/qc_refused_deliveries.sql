with deliveries as (
    select * from {{ ref("stg_landing__deliveries") }}
),

final as (
    select
        delivery_id,
        load_sequence,
        feed,
        delivery_business_date,
        file_name,
        file_sha256,
        refusal_rule,
        refusal_reason
    from deliveries
    where delivery_status = 'refused'
)

select * from final
