{%- set jurisdiction = var("jurisdiction", env_var("TIEOUT_JURISDICTION", "BCBS")) -%}
{%- set rules_as_of = var("rules_as_of", env_var("TIEOUT_RULES_AS_OF", "")) -%}
with balances as (
    select * from {{ ref("stg_ledger__gl_balances") }}
),

missing_feeds as (
    select * from {{ ref("int_basel_missing_feeds") }}
),

dates as (
    select distinct as_of_date as reporting_date
    from balances
    where as_of_date not in (select missing_feeds.reporting_date from missing_feeds)
),

quarters as (
    select
        reporting_date,
        max(reporting_date) over (
            partition by extract(year from reporting_date), extract(quarter from reporting_date)
        ) as quarter_date,
        lag(reporting_date) over (order by reporting_date) as previous_reporting_date,
        max(reporting_date) over () as latest_reporting_date
    from dates
),

final as (
    select
        reporting_date,
        '{{ jurisdiction }}' as jurisdiction,
        {% if rules_as_of %}
            cast('{{ rules_as_of }}' as date)
        {% else %}
            reporting_date
        {% endif %} as rules_date,
        reporting_date = quarter_date as is_quarter_end,
        reporting_date = latest_reporting_date as is_latest,
        previous_reporting_date
    from quarters
)

select * from final
