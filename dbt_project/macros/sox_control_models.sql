{#- The models of the controls, one a control of sox_controls: dbt wants to know them before it knows the project's
    folders. A test holds this list, the catalogue and the folder to each other. -#}
{% macro sox_control_models() -%}
    {{ return([
        "int_control_ac01_leavers",
        "int_control_ac02_movers",
        "int_control_ac03_grant_approvals",
        "int_control_ac04_access_reviews",
        "int_control_ac05_revocations",
        "int_control_ac06_privileged_reviews",
        "int_control_ac07_possible_conflicts",
        "int_control_ac08_used_conflicts",
        "int_control_ac09_dormant_accounts",
        "int_control_ac10_account_owners",
        "int_control_ch01_change_approvals",
        "int_control_ch02_change_approvers",
        "int_control_ch03_change_tests",
        "int_control_ch04_emergency_changes",
        "int_control_ch05_deployers",
        "int_control_op01_failed_jobs",
        "int_control_op02_backups",
        "int_control_op03_restores",
        "int_control_pl01_expected_deliveries",
        "int_control_pl02_delivery_totals",
        "int_control_pl03_quarantined_rows",
        "int_control_pl04_mart_totals",
    ]) }}
{%- endmacro %}
