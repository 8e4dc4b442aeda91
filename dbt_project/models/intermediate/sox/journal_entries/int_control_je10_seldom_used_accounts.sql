with journals as (
    select
        *,
        min(posting_date) over () as first_posting_date
    from {{ ref("int_gl_journals") }}
),

account_uses as (
    select * from {{ ref("int_journal_account_uses") }}
),

days_looked_back as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-10.lookback_days'
),

days_of_history as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-10.history_days'
),

manual_journals as (
    select
        journals.*,
        days_looked_back.value as lookback_days,
        {{ days_between("journals.first_posting_date", "journals.posting_date") }}
        >= days_of_history.value as has_history
    from journals
    left join days_looked_back
        on
            journals.posting_date >= days_looked_back.valid_from
            and (
                days_looked_back.valid_to is null
                or journals.posting_date < days_looked_back.valid_to
            )
    left join days_of_history
        on
            journals.posting_date >= days_of_history.valid_from
            and (
                days_of_history.valid_to is null or journals.posting_date < days_of_history.valid_to
            )
    where journals.source = 'manual'
),

uses_judged as (
    select
        account_uses.journal_id,
        account_uses.used,
        account_uses.uses_needed,
        coalesce(
            {{ days_between("account_uses.earlier_date", "account_uses.posting_date") }}
            > manual_journals.lookback_days,
            true
        ) as is_seldom
    from account_uses
    inner join manual_journals on account_uses.journal_id = manual_journals.journal_id
),

journals_judged as (
    select
        journal_id,
        max(uses_needed) as uses_needed,
        count(case when is_seldom then 1 end) as seldom_uses,
        -- A code alone sorts before its pairs, so the account is named where it is the account.
        min(case when is_seldom then used end) as first_seldom_use
    from uses_judged
    group by journal_id
),

final as (
    select
        'JE-10' as control_id,
        manual_journals.journal_id as item_id,
        manual_journals.posting_date as item_date,
        manual_journals.prepared_by as person,
        manual_journals.amount_usd,
        case
            when manual_journals.has_history and journals_judged.uses_needed is not null
                then journals_judged.seldom_uses > 0
        end as is_exception,
        case
            when manual_journals.has_history and journals_judged.seldom_uses > 0
                then
                    journals_judged.first_seldom_use || ' was used in fewer than '
                    || cast(journals_judged.uses_needed as string) || ' journals of the '
                    || cast(cast(manual_journals.lookback_days as int) as string)
                    || ' days before'
        end as reason,
        manual_journals.detail
    from manual_journals
    left join journals_judged on manual_journals.journal_id = journals_judged.journal_id
)

select * from final
