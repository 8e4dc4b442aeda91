with journals as (
    select
        *,
        cast(year(posting_date) as string)
        || '-Q' || cast(quarter(posting_date) as string) as quarter
    from {{ ref("int_gl_journals") }}
    where amount_usd > 0
),

final as (
    select
        'manual' as population,
        quarter,
        journal_id,
        posting_date,
        amount_usd
    from journals
    where source = 'manual'
    union all
    select
        'vendor' as population,
        quarter,
        journal_id,
        posting_date,
        amount_usd
    from journals
    where vendor_id is not null
)

select * from final
