with breaks as (
    select * from {{ ref("int_reconciliation_breaks") }}
),

final as (
    select
        'RC-01' as control_id,
        account_code || '|' || cast(reporting_date as string) as item_id,
        reporting_date as item_date,
        cast(null as string) as person,
        {{ money("abs(difference_usd)") }} as amount_usd,
        is_broken as is_exception,
        case
            when is_broken and difference_usd is null then note
            when is_broken
                then
                    'ledger less sub-ledger is ' || cast(difference_usd as string)
                    || ' USD, above ' || cast(materiality_usd as string)
        end as reason,
        account_name || ', ' || reconciliation_status
        || case
            when is_broken
                then
                    ' since ' || cast(broken_since as string) || ', '
                    || cast({{ days_between("broken_since", "reporting_date") }} as string)
                    || ' days'
            else ''
        end as detail
    from breaks
)

select * from final
