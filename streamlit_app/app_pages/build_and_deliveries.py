"""The build in force: which checks it passed, which deliveries it rests on, and what a person must look at."""

import streamlit as st

from streamlit_app.components import states
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.services import builds as build_service
from streamlit_app.services import deliveries as service
from streamlit_app.services.builds import ROLE, weekday_date

ACCOUNTED = "Read less loaded, quarantined and duplicate: must be 0."

build = manifest()
checks = build_service.test_results(build)
came_in = read(service.deliveries)
feeds = service.by_feed(came_in)
stale = read(service.stale_prices, build.business_date)

passed, warned = (checks["status"] == "pass").sum(), (checks["status"] == "warn").sum()
show_headlines(
    [
        ("Checks passed", f"{passed:,} of {len(checks):,}", "Tests and unit tests that ran in this build."),
        ("Checks with a warning", f"{warned:,}", "For a person to look at; they do not hold a build back."),
        ("Files refused", f"{feeds['files_refused'].sum():,}", "Whole files that were not loaded. They are kept."),
        (
            "Stale prices",
            f"{len(stale):,}",
            f"Instruments whose price is older than {weekday_date(build.business_date)}.",
        ),
        ("Rows read", f"{feeds['rows_read'].sum():,}", "Rows of all deliveries."),
        ("Rows quarantined", f"{feeds['rows_quarantined'].sum():,}", "Bad rows, kept apart with the rule they broke."),
        ("Rows duplicate", f"{feeds['rows_duplicate'].sum():,}", "Rows that were loaded before and not again."),
        ("Rows not accounted for", f"{feeds['rows_unaccounted'].sum():,}", ACCOUNTED),
    ]
)

st.subheader("Deliveries by feed", anchor=False)
if came_in.empty:
    states.nothing_here("This build rests on no delivery.")
else:
    show_table(
        feeds,
        [
            Column("feed", "Feed"),
            Column("files_loaded", "Files loaded", "count"),
            Column("files_refused", "Files refused", "count"),
            Column("files_duplicate", "Files seen before", "count", "The same file again, under whatever name."),
            Column("last_business_date", "Last business date", "date"),
            Column("rows_read", "Rows read", "count"),
            Column("rows_loaded", "Loaded", "count"),
            Column("rows_quarantined", "Quarantined", "count"),
            Column("rows_duplicate", "Duplicate", "count"),
            Column("rows_unaccounted", "Not accounted for", "count", ACCOUNTED),
        ],
        manifest=build,
        name="feeds",
        title="Deliveries by feed",
        max_height=700,
    )
    with st.expander(f"Every delivery ({len(came_in):,})", expanded=bool(feeds["files_refused"].sum())):
        show_table(
            came_in.sort_values("delivery_status", key=lambda status: status != "refused", kind="stable"),
            [
                Column("feed", "Feed"),
                Column("delivery_business_date", "Business date", "date"),
                Column("delivery_status", "Status"),
                Column("refusal_rule", "Refused by rule", "note"),
                Column("refusal_reason", "Why it was refused", "sentence"),
                Column("is_late", "Late", "flag"),
                Column("rows_read", "Rows read", "count"),
                Column("rows_loaded", "Loaded", "count"),
                Column("rows_quarantined", "Quarantined", "count"),
                Column("rows_duplicate", "Duplicate", "count"),
                Column("rows_unaccounted", "Not accounted for", "count", ACCOUNTED),
                Column("sum_read", "Control sum read", "amount", "Sum of the feed's control column, in its unit."),
                Column("sum_unaccounted", "Control sum not accounted for", "amount", "Must be 0."),
                Column("file_name", "File"),
                Column("file_sha256", "SHA-256"),
            ],
            manifest=build,
            name="deliveries",
            title="Every delivery, refused ones first",
            max_height=360,
        )

bad_rows = read(service.quarantined)
if not bad_rows.empty:
    st.subheader("Quarantined rows", anchor=False)
    show_table(
        bad_rows,
        [
            Column("feed", "Feed"),
            Column("failed_field", "Field", "note", "Empty when the rule is about the whole row."),
            Column("failed_rule", "Rule"),
            Column("quarantined_rows", "Rows", "count"),
            Column("last_business_date", "Last business date", "date"),
            Column("example", "For example"),
        ],
        manifest=build,
        name="quarantined",
        title="Quarantined rows by feed, field and rule",
        max_height=260,
    )

st.subheader("Stale prices", anchor=False)
if stale.empty:
    states.nothing_here(f"Every instrument held has a price of {weekday_date(build.business_date)}.")
else:
    show_table(
        stale,
        [
            Column("instrument_id", "Instrument"),
            Column("price_local", "Price, local", "price"),
            Column("currency", "Currency"),
            Column("price_source", "Source"),
            Column("source_date", "Price of", "date"),
            Column("days_stale", "Days old", "count"),
        ],
        manifest=build,
        name="stale_prices",
        title="Stale prices",
        max_height=260,
    )

st.subheader("Checks", anchor=False)
show_table(
    checks,
    [
        Column("check", "Check"),
        Column("status", "Result"),
        Column("severity", "If it fails", "note", "error holds the build back; warn is for a person to look at."),
        Column("failures", "Failing rows", "count"),
        Column("message", "Message", "sentence"),
    ],
    manifest=build,
    name="checks",
    title="Checks of the build, failures and warnings first",
    max_height=320,
)

st.subheader("What this build is", anchor=False)
file = build.files[ROLE]
st.text(
    f"Build {build.build_id}, published for the roles {', '.join(sorted(build.files))}.\n"
    f"Code: commit {build.git_commit}{', with uncommitted changes' if build.is_dirty else ''}. "
    f"dbt {build.dbt_version}, DuckDB {build.duckdb_version}.\n"
    f"The file you read: {file.bytes:,} bytes, SHA-256 {file.sha256}.\n"
    "Manifest and file were checked against the signature before this page was drawn."
)
with st.expander(f"Tables you can read ({len(file.tables)})"):
    show_table(
        build_service.tables_published(build, ROLE),
        [
            Column("table", "Table"),
            Column("rows", "Rows", "count"),
            Column("content_hash", "Content hash", help="Equal hashes mean equal content, in whatever order."),
        ],
        manifest=build,
        name="tables",
        title="Tables of the role's file",
        max_height=320,
    )
