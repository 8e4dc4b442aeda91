with register as (
    select * from {{ ref("stg_reference__lei_register") }}
),

parties as (
    select * from {{ ref("stg_execution__transaction_parties") }}
),

executions as (
    select * from {{ ref("stg_execution__executions") }}
),

-- Whatever stands where a LEI may stand; MICs, INTC and parties' codes do no harm here.
codes as (
    select lei from register
    union distinct
    select lei from parties
    where lei is not null
    union distinct
    select executing_entity_lei as lei from executions
    where executing_entity_lei is not null
    union distinct
    select counterparty_code as lei from executions
    where counterparty_code is not null
    union distinct
    select decision_maker_code as lei from executions
    where decision_maker_code is not null
    union distinct
    select transmitting_firm_lei as lei from executions
    where transmitting_firm_lei is not null
),

codes_spelled as (
    select
        lei,
        case
            when {{ matches_pattern("lei", "[A-Z0-9]{18}[0-9]{2}") }}
                then {{ letters_as_numbers("lei", 40) }}
        end as digits
    from codes
),

codes_checked as (
    select
        lei,
        coalesce({{ remainder_by_97("digits") }} = 1, false) as has_check_digits
    from codes_spelled
),

first_deliveries as (
    select
        lei,
        min(delivery_business_date) as first_delivered_on
    from register
    group by lei
),

periods as (
    select
        lei,
        delivery_business_date as valid_from,
        coalesce(
            lead(delivery_business_date) over (
                partition by lei
                order by delivery_business_date
            ),
            cast('9999-01-01' as date)
        ) as valid_to,
        legal_name,
        country,
        status
    from register
    union all
    select
        codes.lei,
        cast('1900-01-01' as date) as valid_from,
        coalesce(first_deliveries.first_delivered_on, cast('9999-01-01' as date)) as valid_to,
        cast(null as string) as legal_name,
        cast(null as string) as country,
        cast(null as string) as status
    from codes
    left join first_deliveries on codes.lei = first_deliveries.lei
),

final as (
    select
        periods.lei,
        periods.valid_from,
        periods.valid_to,
        codes_checked.has_check_digits,
        periods.legal_name,
        periods.country,
        periods.status
    from periods
    inner join codes_checked on periods.lei = codes_checked.lei
)

select * from final
