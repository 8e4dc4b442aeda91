with journals as (
    select * from {{ ref("int_gl_journals") }}
    where source = 'manual'
),

limits as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-12.limit_usd'
),

ratios as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-12.just_under_ratio'
),

with_parameters as (
    select
        journals.*,
        {{ money("limits.value") }} as limit_usd,
        {{ money("limits.value * (1 - ratios.value)") }} as just_under_from_usd
    from journals
    left join limits
        on
            journals.posting_date >= limits.valid_from
            and (limits.valid_to is null or journals.posting_date < limits.valid_to)
    left join ratios
        on
            journals.posting_date >= ratios.valid_from
            and (ratios.valid_to is null or journals.posting_date < ratios.valid_to)
),

-- Only journals below the limit can be parts of one that was split to stay below it.
day_totals as (
    select
        prepared_by,
        vendor_id,
        posting_date,
        count(*) as journal_count,
        sum(amount_usd) as total_usd
    from with_parameters
    where vendor_id is not null and amount_usd < limit_usd
    group by prepared_by, vendor_id, posting_date
    having count(*) > 1
),

judged as (
    select
        with_parameters.*,
        day_totals.journal_count,
        day_totals.total_usd,
        with_parameters.amount_usd >= with_parameters.just_under_from_usd
        and with_parameters.amount_usd < with_parameters.limit_usd as is_just_under,
        with_parameters.amount_usd < with_parameters.limit_usd
        and coalesce(day_totals.total_usd >= with_parameters.limit_usd, false) as is_split
    from with_parameters
    left join day_totals
        on
            with_parameters.prepared_by = day_totals.prepared_by
            and with_parameters.vendor_id = day_totals.vendor_id
            and with_parameters.posting_date = day_totals.posting_date
),

final as (
    select
        'JE-12' as control_id,
        journal_id as item_id,
        posting_date as item_date,
        prepared_by as person,
        amount_usd,
        is_just_under or is_split as is_exception,
        case
            when is_split
                then
                    cast(journal_count as string) || ' journals of the day to vendor ' || vendor_id
                    || ' sum to ' || cast(total_usd as string)
                    || ' USD; each is below the limit of ' || cast(limit_usd as string)
            when is_just_under
                then
                    cast(amount_usd as string) || ' USD is just under the limit of '
                    || cast(limit_usd as string)
        end as reason,
        detail
    from judged
)

select * from final
