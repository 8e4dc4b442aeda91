{% macro mifid_submission_id(reporting_date, file_number) -%}
    'TRN-' || replace(cast({{ reporting_date }} as varchar), '-', '') || '-'
    || lpad(cast({{ file_number }} as varchar), 3, '0')
{%- endmacro %}
