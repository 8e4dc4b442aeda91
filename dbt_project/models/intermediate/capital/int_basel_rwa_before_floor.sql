-- Risk-weighted assets under the approaches in use, added up from the contributions of every area.
with contributions as (
    select * from {{ ref("int_contributions_credit") }}
    union all
    select * from {{ ref("int_contributions_counterparty") }}
    union all
    select * from {{ ref("int_contributions_market") }}
    union all
    select * from {{ ref("int_contributions_operational") }}
    union all
    select * from {{ ref("int_contributions_own_funds") }}
),

final as (
    select
        reporting_date,
        item as component,
        {{ money("sum(amount)") }} as rwa_usd
    from contributions
    where measure = 'rwa'
    group by reporting_date, item
)

select * from final
