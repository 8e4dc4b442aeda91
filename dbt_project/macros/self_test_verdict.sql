{% macro self_test_verdict(failures_outside) -%}
select 'it fails rows that are right' as verdict
where (select count(*) from failures_inside) > 0
union all
select 'it passes rows that are wrong' as verdict
where (select count(*) from failures_outside) <> {{ failures_outside }}
{%- endmacro %}
