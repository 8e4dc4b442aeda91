with executions as (
    select
        execution_id,
        version,
        executing_entity_lei,
        transaction_reference,
        complex_trade_id,
        waivers,
        otc_post_trade,
        delivery_business_date
    from {{ ref("stg_execution__executions") }}
),

field_codes as (
    select * from {{ ref("mifid_field_codes") }}
),

reused_references as (
    select
        executing_entity_lei,
        transaction_reference
    from executions
    group by executing_entity_lei, transaction_reference
    having min(execution_id) <> max(execution_id)
),

-- Of the executions that bear one reference the one delivered first may keep it.
reference_uses as (
    select
        executions.executing_entity_lei,
        executions.transaction_reference,
        executions.execution_id,
        row_number() over (
            partition by executions.executing_entity_lei, executions.transaction_reference
            order by min(executions.delivery_business_date), executions.execution_id
        ) as use_number
    from executions
    inner join reused_references
        on
            executions.executing_entity_lei = reused_references.executing_entity_lei
            and executions.transaction_reference = reused_references.transaction_reference
    group by
        executions.executing_entity_lei,
        executions.transaction_reference,
        executions.execution_id
),

complex_trade_legs as (
    select
        complex_trade_id,
        execution_id,
        row_number() over (
            partition by complex_trade_id
            order by min(delivery_business_date), execution_id
        ) as leg_number,
        min(delivery_business_date) as known_from
    from executions
    where complex_trade_id is not null
    group by complex_trade_id, execution_id
),

code_texts as (
    select distinct
        61 as field_number,
        waivers as codes
    from executions
    where waivers is not null
    union all
    select distinct
        63 as field_number,
        otc_post_trade as codes
    from executions
    where otc_post_trade is not null
),

-- A text of known codes has as many of them as separators, and one more.
unknown_code_texts as (
    select
        code_texts.field_number,
        code_texts.codes
    from code_texts
    left join field_codes
        on
            code_texts.field_number = field_codes.field_number
            and '|' || code_texts.codes || '|' like '%|' || field_codes.code || '|%'
    group by code_texts.field_number, code_texts.codes
    having
        count(field_codes.code)
        <> length(code_texts.codes) - length(replace(code_texts.codes, '|', '')) + 1
),

flagged as (
    select
        executions.execution_id,
        executions.version,
        coalesce(reference_uses.use_number > 1, false) as is_reference_reused,
        executions.complex_trade_id is not null
        and second_legs.complex_trade_id is null as is_single_leg,
        unknown_waivers.codes is not null as has_unknown_waiver,
        unknown_otc_codes.codes is not null as has_unknown_otc_code
    from executions
    left join reference_uses
        on
            executions.execution_id = reference_uses.execution_id
            and executions.executing_entity_lei = reference_uses.executing_entity_lei
            and executions.transaction_reference = reference_uses.transaction_reference
    left join complex_trade_legs as second_legs
        on
            executions.complex_trade_id = second_legs.complex_trade_id
            and second_legs.leg_number = 2
            and executions.delivery_business_date >= second_legs.known_from
    left join unknown_code_texts as unknown_waivers
        on executions.waivers = unknown_waivers.codes and unknown_waivers.field_number = 61
    left join unknown_code_texts as unknown_otc_codes
        on
            executions.otc_post_trade = unknown_otc_codes.codes
            and unknown_otc_codes.field_number = 63
),

final as (
    select *
    from flagged
    where is_reference_reused or is_single_leg or has_unknown_waiver or has_unknown_otc_code
)

select * from final
