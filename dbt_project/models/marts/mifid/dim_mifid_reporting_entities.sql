with entities as (
    select * from {{ ref("mifid_reporting_entities") }}
)

select
    lei,
    name,
    country,
    home_authority,
    submitting_lei,
    max_reports_per_file,
    valid_from,
    valid_to
from entities
