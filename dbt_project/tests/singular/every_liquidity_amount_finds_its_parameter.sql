select
    reporting_date,
    rate_rule_id as missing_rule_id,
    count(*) as amounts,
    sum(unweighted_usd) as unweighted_usd
from {{ ref("fct_lcr_flows") }}
where rate is null or weighted_usd is null
group by reporting_date, rate_rule_id
union all
select
    reporting_date,
    factor_rule_id as missing_rule_id,
    count(*) as amounts,
    sum(unweighted_usd) as unweighted_usd
from {{ ref("fct_nsfr_items") }}
where factor is null or weighted_usd is null
group by reporting_date, factor_rule_id
