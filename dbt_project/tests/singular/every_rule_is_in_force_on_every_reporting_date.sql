-- Stops with the id of a rule that a jurisdiction applies but that has no number for a reporting
-- date: before its first validity, in a gap, or after its last.
{%- set areas = ["credit", "counterparty", "capital", "liquidity", "market"] %}
with wanted_groups as (
    select distinct
        basel_dates.reporting_date,
        basel_dates.rules_date,
        basel_dates.jurisdiction,
        adoptions.rule_group
    from {{ ref("int_basel_dates") }} as basel_dates
    inner join {{ ref("rule_adoptions") }} as adoptions
        on basel_dates.jurisdiction = adoptions.jurisdiction
),

adopted_groups as (
    select
        wanted_groups.*,
        adoptions.rules_of
    from wanted_groups
    left join {{ ref("rule_adoptions") }} as adoptions
        on
            wanted_groups.jurisdiction = adoptions.jurisdiction
            and wanted_groups.rule_group = adoptions.rule_group
            and wanted_groups.rules_date >= adoptions.valid_from
            and wanted_groups.rules_date
            < coalesce(adoptions.valid_to, cast('9999-01-01' as date))
),

rules as (
    {% for area in areas %}
        select distinct
            rule_group,
            jurisdiction as rules_of,
            rule_id
        from {{ ref("basel_" ~ area ~ "_parameters") }}
        {{ "union all" if not loop.last }}
    {% endfor %}
),

wanted_rules as (
    select
        adopted_groups.reporting_date,
        adopted_groups.jurisdiction,
        adopted_groups.rules_of,
        coalesce(rules.rule_id, adopted_groups.rule_group) as rule_id
    from adopted_groups
    left join rules
        on
            adopted_groups.rule_group = rules.rule_group
            and adopted_groups.rules_of = rules.rules_of
),

missing_rules as (
    select
        wanted_rules.reporting_date,
        wanted_rules.rule_id
    from wanted_rules
    left join {{ ref("int_basel_parameters") }} as in_force
        on
            wanted_rules.reporting_date = in_force.reporting_date
            and wanted_rules.rule_id = in_force.rule_id
    where in_force.rule_id is null
),

counted as (
    select
        count(*) as missing_count,
        min(rule_id) as first_rule_id,
        min(reporting_date) as first_date
    from missing_rules
)

select *
from counted
where
    case
        when missing_count > 0
            then {{ raise_error(
                "'Rule ' || first_rule_id || ' has no number in force; ' || cast(missing_count as string)"
                ~ " || ' rules and reporting dates from ' || cast(first_date as string)"
                ~ " || ' on lack one: add their rows to seeds/basel, with their validity.'"
            ) }} is null
        else false
    end
