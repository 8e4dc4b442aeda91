with journal_lines as (
    select * from {{ ref("stg_ledger__gl_journals") }}
),

accounts as (
    select * from {{ ref("stg_ledger__gl_accounts") }}
),

tolerances as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-15.tolerance_usd'
),

paired as (
    select
        substring(cast(journal_lines.effective_date as string), 1, 7) as fiscal_period,
        journal_lines.effective_date,
        journal_lines.amount,
        case
            when journal_lines.entity < journal_lines.partner_entity then journal_lines.entity
            else journal_lines.partner_entity
        end as first_entity,
        case
            when journal_lines.entity < journal_lines.partner_entity
                then journal_lines.partner_entity
            else journal_lines.entity
        end as second_entity,
        journal_lines.entity
    from journal_lines
    inner join accounts on journal_lines.account_code = accounts.account_code
    where accounts.is_intercompany and journal_lines.partner_entity is not null
),

pairs as (
    select
        fiscal_period,
        first_entity,
        second_entity,
        max(effective_date) as item_date,
        coalesce(sum(case when entity = first_entity then amount end), 0) as first_usd,
        coalesce(sum(case when entity = second_entity then amount end), 0) as second_usd
    from paired
    group by fiscal_period, first_entity, second_entity
),

judged as (
    select
        pairs.*,
        abs(pairs.first_usd + pairs.second_usd) as difference_usd,
        abs(pairs.first_usd + pairs.second_usd) > tolerances.value as is_exception
    from pairs
    left join tolerances
        on
            pairs.item_date >= tolerances.valid_from
            and (tolerances.valid_to is null or pairs.item_date < tolerances.valid_to)
),

final as (
    select
        'JE-15' as control_id,
        first_entity || '|' || second_entity || '|' || fiscal_period as item_id,
        item_date,
        cast(null as string) as person,
        {{ money("difference_usd") }} as amount_usd,
        is_exception,
        case
            when is_exception
                then
                    'what ' || first_entity || ' and ' || second_entity
                    || ' booked against each other differs by '
                    || cast(difference_usd as string) || ' USD'
        end as reason,
        first_entity || ' has ' || cast(first_usd as string) || ' USD, ' || second_entity
        || ' has ' || cast(second_usd as string) || ' USD, debits less credits' as detail
    from judged
)

select * from final
