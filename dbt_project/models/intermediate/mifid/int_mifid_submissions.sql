with recursive files as (
    select distinct
        first_submission_id as submission_id,
        reporting_date
    from {{ ref("int_mifid_reports_filed") }}
),

-- Nothing is answered before it is sent; the name of a file has its date.
feedback as (
    select *
    from {{ ref("stg_arm__transaction_report_feedback") }}
    where
        replace(cast(delivery_business_date as varchar), '-', '') >= substr(submission_id, 5, 8)
        and record_type = 'file'
),

file_answers as (
    select
        submission_id,
        min(case when status = 'rejected' then delivery_business_date end) as rejected_on,
        min(
            case when status in ('accepted', 'part_accepted') then delivery_business_date end
        ) as accepted_on,
        min(case when status = 'pending' then delivery_business_date end) as pending_on
    from feedback
    group by submission_id
),

file_counts as (
    select
        reporting_date,
        count(*) as files
    from files
    group by reporting_date
),

-- A rejected file is sent again on the date its rejection is known, behind that date's own files.
-- In the order of their names each file is followed by a later one, so no chain of them goes round.
files_sent_again as (
    select
        file_answers.submission_id as resubmission_of,
        file_answers.rejected_on as submitted_on,
        {{ mifid_submission_id(
            "file_answers.rejected_on",
            "coalesce(file_counts.files, 0) + row_number() over ("
            ~ "partition by file_answers.rejected_on order by file_answers.submission_id)"
        ) }} as submission_id
    from file_answers
    left join file_counts on file_answers.rejected_on = file_counts.reporting_date
    where file_answers.rejected_on is not null
),

submissions as (
    select
        submission_id as first_submission_id,
        1 as attempt,
        submission_id,
        reporting_date as submitted_on,
        cast(null as varchar) as resubmission_of
    from files
    union all
    select
        submissions.first_submission_id,
        submissions.attempt + 1 as attempt,
        files_sent_again.submission_id,
        files_sent_again.submitted_on,
        submissions.submission_id as resubmission_of
    from submissions
    inner join files_sent_again
        on submissions.submission_id = files_sent_again.resubmission_of
),

final as (
    select
        submissions.*,
        file_answers.rejected_on as file_rejected_on,
        file_answers.accepted_on as file_accepted_on,
        file_answers.pending_on as file_pending_on
    from submissions
    left join file_answers on submissions.submission_id = file_answers.submission_id
)

select * from final
