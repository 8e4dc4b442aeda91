with journals as (
    select
        *,
        year(posting_date) as posting_year,
        month(posting_date) as posting_month
    from {{ ref("int_gl_journals") }}
    where source = 'manual'
),

round_units as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-07.round_unit_usd'
),

ending_units as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-07.ending_unit_usd'
),

repetitions as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-07.repetitions'
),

with_parameters as (
    select
        journals.*,
        journals.amount_usd % cast(round_units.value as decimal(18, 2)) = 0 as is_round,
        journals.amount_usd % cast(ending_units.value as decimal(18, 2)) as ending_usd,
        repetitions.value as repetitions
    from journals
    left join round_units
        on
            journals.posting_date >= round_units.valid_from
            and (round_units.valid_to is null or journals.posting_date < round_units.valid_to)
    left join ending_units
        on
            journals.posting_date >= ending_units.valid_from
            and (ending_units.valid_to is null or journals.posting_date < ending_units.valid_to)
    left join repetitions
        on
            journals.posting_date >= repetitions.valid_from
            and (repetitions.valid_to is null or journals.posting_date < repetitions.valid_to)
),

counted as (
    select
        *,
        case
            when ending_usd <> 0
                then
                    count(*) over (
                        partition by prepared_by, posting_year, posting_month, ending_usd
                    )
            when ending_usd = 0 then 0
        end as same_endings
    from with_parameters
),

final as (
    select
        'JE-07' as control_id,
        journal_id as item_id,
        posting_date as item_date,
        prepared_by as person,
        amount_usd,
        is_round or same_endings >= repetitions as is_exception,
        case
            when is_round then 'a round amount: ' || cast(amount_usd as string) || ' USD'
            when same_endings >= repetitions
                then
                    cast(same_endings as string) || ' journals of the preparer in the month end in '
                    || cast(cast(ending_usd as decimal(18, 2)) as string)
        end as reason,
        detail
    from counted
)

select * from final
