-- Names each reporting date on which none or both of the CVA methods are the headline.
select
    reporting_date,
    count(distinct case when is_headline then method end) as headline_methods,
    count(distinct method) as methods
from {{ ref("fct_cva_capital") }}
group by reporting_date
having
    count(distinct case when is_headline then method end) <> 1
    or count(distinct method) <> 2
