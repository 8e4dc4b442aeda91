-- Parts of the combined buffer that do not add up to the rate the ratios are held against.
with parts as (
    select
        reporting_date,
        sum(buffer_rate) as buffer_rate
    from {{ ref("fct_capital_buffers") }}
    group by reporting_date
)

select
    ratios.reporting_date,
    ratios.tier,
    ratios.combined_buffer_rate,
    parts.buffer_rate
from {{ ref("fct_capital_ratios") }} as ratios
left join parts on ratios.reporting_date = parts.reporting_date
where not coalesce(abs(ratios.combined_buffer_rate - parts.buffer_rate) < 1e-12, false)
