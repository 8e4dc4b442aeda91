{#- The steps between int_mifid_report_actions' `reports` and `dead_reports` and the cancellations that are sent. -#}
{% macro mifid_cancellations(rounds) %}
-- For every cancellation that may be needed: what was filed for its reference before it and, if
-- it was sent, stood on its date.
reports_standing as (
    select
        cancellations.execution_id,
        cancellations.version,
        cancellations.reported_version,
        earlier.version as earlier_version,
        earlier.report_status as earlier_status,
        earlier.reported_version as earlier_reported_version
    from reports as cancellations
    inner join reports as earlier
        on
            cancellations.execution_id = earlier.execution_id
            and cancellations.transaction_reference = earlier.transaction_reference
            and cancellations.executing_entity_lei = earlier.executing_entity_lei
            and cancellations.version > earlier.version
    left join dead_reports
        on
            earlier.execution_id = dead_reports.execution_id
            and earlier.version = dead_reports.version
            and earlier.report_status = dead_reports.report_status
            and earlier.reported_version = dead_reports.reported_version
            and cancellations.reporting_date >= dead_reports.dead_on
    where cancellations.report_status = 'CANC' and dead_reports.execution_id is null
),

cancellations_0 as (
    select
        execution_id,
        version,
        reported_version,
        max(earlier_version) as standing_version
    from reports_standing
    where earlier_status = 'NEWT'
    group by execution_id, version, reported_version
),

-- A cancellation is needed unless one that was sent after the standing report stands too; whether
-- that was sent depends on those before it. Each round settles one more of a reference in a row;
-- after an odd number of rounds none is sent twice.
{% for round in range(1, rounds + 1) -%}
    cancelling_{{ round }} as (
        select
            reports_standing.execution_id,
            reports_standing.version,
            reports_standing.reported_version,
            max(reports_standing.earlier_version) as cancelling_version
        from reports_standing
        inner join cancellations_{{ round - 1 }} as sent
            on
                reports_standing.execution_id = sent.execution_id
                and reports_standing.earlier_version = sent.version
                and reports_standing.earlier_reported_version = sent.reported_version
        where reports_standing.earlier_status = 'CANC'
        group by
            reports_standing.execution_id,
            reports_standing.version,
            reports_standing.reported_version
    ),

    cancellations_{{ round }} as (
        select cancellations_0.*
        from cancellations_0
        left join cancelling_{{ round }} as cancelling
            on
                cancellations_0.execution_id = cancelling.execution_id
                and cancellations_0.version = cancelling.version
                and cancellations_0.reported_version = cancelling.reported_version
        where
            cancelling.execution_id is null
            or cancellations_0.standing_version >= cancelling.cancelling_version
    ),

{% endfor -%}
cancellations as (
    select * from cancellations_{{ rounds }}
),
{%- endmacro %}
