with own_funds as (
    select * from {{ ref("fct_own_funds") }}
),

tiers as (
    select
        reporting_date,
        sum(case when tier = 'CET1' then amount_usd else 0 end) as cet1_usd,
        sum(case when tier = 'AT1' then amount_usd else 0 end) as at1_usd,
        sum(case when tier = 'T2' then amount_usd else 0 end) as t2_usd
    from own_funds
    group by reporting_date
),

final as (
    select
        reporting_date,
        {{ money("cet1_usd") }} as cet1_usd,
        {{ money("at1_usd") }} as at1_usd,
        {{ money("cet1_usd + at1_usd") }} as t1_usd,
        {{ money("t2_usd") }} as t2_usd,
        {{ money("cet1_usd + at1_usd + t2_usd") }} as total_usd
    from tiers
)

select * from final
