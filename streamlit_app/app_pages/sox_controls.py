"""Controls (SOX): what they conclude, exceptions and deficiencies, journal-entry tests by digits, and the sign-off."""

import streamlit as st

from streamlit_app.components import charts, charts_of_controls, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.services import sox_controls as service

MARKS = {"effective": "● effective", "ineffective": "■ ineffective", "not_tested": "? not tested"}
TABLES = ("fct_sox_control_results", "fct_sox_conclusions")
AT_END = "As it stands at the end of the quarter, or so far."
CONTROL = Column("control_id", "Control")
PERIOD = Column("period_id", "Period")
EXCEPTIONS_USD = Column("exceptions_usd", "Exceptions, USD", "amount", "Amounts of the exceptions without their sign.")

build = manifest()
missing = [name for name in TABLES if name not in build.tables]
quarters = None if missing else read(service.quarters)
if quarters is None or quarters.empty:
    states.nothing_here("This build holds no results of controls.")
    st.stop()
results = read(service.results)
signed = service.signatures(read(service.signable), build.build_id)

quarter_column, frequency_column, _ = st.columns([1, 1, 1])
with quarter_column:
    quarter = choose("Quarter", "quarter", list(quarters["quarter_id"]), default=quarters["quarter_id"].iloc[0])
with frequency_column:
    frequency = choose(
        "Controls tested",
        "tested",
        list(service.FREQUENCIES),
        default="monthly",
        format_func=service.FREQUENCIES.__getitem__,
        segmented=True,
    )
concluded = quarters[quarters["quarter_id"] == quarter].iloc[0]
here = service.of_quarter(results, quarter)
of_quarter = service.deficiencies_of(read(service.deficiencies), concluded)
confirmed = service.confirmed(here, signed)
show_headlines(
    [
        (
            "Internal control",
            service.QUARTER_CONCLUSIONS[concluded["conclusion"]],
            "Not effective with one material weakness; not concluded while a period is open or a control untested.",
        ),
        (
            "Effective",
            f"{formats.count(concluded['effective_controls'])} of {formats.count(concluded['controls'])}",
            f"Controls, by their last period of the quarter. {AT_END}",
        ),
        (
            "Ineffective",
            formats.count(concluded["ineffective_controls"]),
            "More exceptions than the control's tolerance allows, in its last period.",
        ),
        (
            "Not tested",
            formats.count(concluded["not_tested_controls"]),
            "Nothing to test, a source that did not arrive, or items nobody can judge yet: never effective.",
        ),
        (
            "Material weaknesses",
            formats.count(concluded["material_weaknesses"]),
            f"By likelihood and magnitude against materiality, never by whether there was a misstatement. {AT_END}",
        ),
        (
            "Significant deficiencies",
            formats.count(concluded["significant_deficiencies"]),
            f"Of {formats.count(concluded['deficiencies'])} deficiencies that stand. {AT_END}",
        ),
        (
            "Overdue",
            f"{of_quarter['is_overdue'].sum():,}",
            "Of the deficiencies listed below: open, or put right, after the day they were due.",
        ),
        (
            "Confirmed",
            formats.MISSING if confirmed is None else f"{confirmed:,} of {len(here):,}",
            "Attested by the owner and confirmed by the reviewer on this build.",
        ),
    ]
)
if not formats.is_missing(concluded["reason"]):
    st.text(str(concluded["reason"]))
if signed.problem is not None:
    st.error("The sign-off log was altered: no signature is shown.", icon=":material/error:")
    st.text(signed.problem)

st.subheader("Conclusions", anchor=False)
cells = service.matrix(results, frequency, quarter)
if cells.empty:
    states.nothing_here(f"There is no {service.FREQUENCIES[frequency].lower()} control up to {quarter}.")
else:
    charts.show(
        charts_of_controls.conclusions(cells),
        height=70 + 24 * cells["control_id"].nunique(),
        name=f"conclusions-{frequency}",
        description=f"Conclusion of each {service.FREQUENCIES[frequency].lower()} control, by period up to {quarter}",
    )
show_table(
    service.with_sign_off(here.assign(state=here["conclusion"].map(MARKS)), signed),
    [
        CONTROL,
        Column("control_name", "What it makes sure of", "note"),
        PERIOD,
        Column("state", "Conclusion"),
        Column("exceptions", "Exceptions", "count"),
        Column("tolerance_allowed", "Allowed", "count", "Exceptions up to which the control is effective."),
        Column("tested", "Tested", "count"),
        Column("population", "Population", "count"),
        Column("untested", "Not tested", "count", "Items that could not be tested."),
        EXCEPTIONS_USD,
        Column("sign_off", "Signed", "note"),
        Column("reason", "Why", "sentence"),
        Column("process_words", "Process", "note"),
        Column("rule_kind", "Rule", help="Exact: an exception breaks the rule. Screening: it is worth a look."),
        Column("is_key", "Key", "flag"),
        Column("is_indirect", "IT general", "flag"),
        Column("is_closed", "Closed", "flag"),
        Column("owner", "Owner", "note"),
        Column("reviewer", "Reviewer", "note"),
    ],
    manifest=build,
    name=f"control_results_{quarter}",
    title=f"Results of {quarter}, ineffective first",
    pinned=1,
)

st.subheader("Deficiencies", anchor=False)
if of_quarter.empty:
    states.nothing_here(f"No control that could be tested was ineffective in {quarter}, and none before it still is.")
else:
    show_table(
        of_quarter,
        [
            CONTROL,
            PERIOD,
            Column("severity_words", "Severity"),
            Column("severity_reason", "Because", "sentence"),
            Column("likelihood_words", "Likelihood", "note"),
            Column("magnitude_usd", "Magnitude, USD", "amount", "What could be misstated; none for IT controls."),
            Column("materiality_usd", "Materiality, USD", "amount"),
            Column("compensating_control_id", "Compensating control", "note"),
            Column("is_compensated", "Compensated", "flag", "The compensating control is effective in the period."),
            Column("failed_periods", "Periods in a row", "count"),
            Column("opened_on", "Open since", "date", "First period of the run of failures."),
            Column("age_days", "Days", "count"),
            Column("due_on", "Due", "date"),
            Column("is_overdue", "Overdue", "flag"),
            Column("closed_on", "Closed", "date"),
            Column("process_words", "Process", "note"),
        ],
        manifest=build,
        name=f"deficiencies_{quarter}",
        title=f"Deficiencies of {quarter} and those that still stood, gravest first",
        placeholder="",
    )
processes = read(service.processes, quarter)
if not processes.empty:
    show_table(
        processes,
        [
            Column("process_words", "Process"),
            Column("severity_words", "Severity together"),
            Column("reason", "Because", "sentence"),
            Column("deficiencies", "Deficiencies", "count"),
            Column("controls", "Controls", "count"),
            Column("magnitude_usd", "Magnitude together, USD", "amount"),
            Column("materiality_usd", "Materiality, USD", "amount"),
        ],
        manifest=build,
        name=f"processes_{quarter}",
        title=f"Processes by the deficiencies that stand at the end of {quarter}",
    )

st.subheader("One control", anchor=False)
control_column, period_column = st.columns([2, 1])
labels = dict(zip(results["control_id"], results["label"], strict=True))
with control_column:
    control = choose(
        "Control",
        "control",
        sorted(labels),
        default=str(here["control_id"].iloc[0]) if len(here) else sorted(labels)[0],
        format_func=labels.__getitem__,
        clears=("period",),
    )
with period_column:
    period = choose(
        "Period",
        "period",
        service.periods_of(results, control),
        default=service.default_period(results, control, quarter),
    )
row = results[(results["control_id"] == control) & (results["period_id"] == period)].iloc[0]
show_headlines(
    [
        ("Conclusion", MARKS[row["conclusion"]], "As computed; nobody can change it."),
        ("Population", formats.count(row["population"]), f"{formats.count(row['untested'])} could not be tested."),
        ("Tested", formats.count(row["tested"]), "All of the population that can be tested, no sample."),
        (
            "Exceptions",
            f"{formats.count(row['exceptions'])}, {formats.count(row['tolerance_allowed'])} allowed",
            f"{formats.percent(row['exception_rate'])} of those tested.",
        ),
    ],
    name="control",
)
if not formats.is_missing(row["reason"]):
    st.text(str(row["reason"]))
with st.expander("From the catalogue"):
    st.text("\n".join(f"{name}: {words}" for name, words in read(service.catalogue_entry, control, period)))
exceptions = read(service.exceptions, control, period)
if exceptions.empty:
    states.nothing_here(
        f"{control} was not tested in {period}: there is nothing to show."
        if row["conclusion"] == "not_tested"
        else f"{control} has no exception in {period}."
    )
else:
    in_all = exceptions["rows_in_all"].iloc[0]
    if in_all > len(exceptions):
        st.caption(f"{len(exceptions):,} of {in_all:,} exceptions, largest amount first.")
    show_table(
        exceptions,
        [
            Column("item_id", "Item"),
            Column("item_date", "Date", "date"),
            Column("person", "Who", "note"),
            Column("reason", "Why", "sentence"),
            Column("amount_usd", "Amount, USD", "amount", "Without its sign; empty where an item has none."),
            Column("detail", "Facts", "sentence"),
        ],
        manifest=build,
        name=f"exceptions_{control}_{period}",
        title=f"Exceptions of {control} in {period}, largest amount first",
        placeholder="",
    )

st.subheader("Sign-off", anchor=False)
if signed.problem is not None:
    st.text("Not known: the sign-off log was altered.")
else:
    standing = signed.standing[control, period] if signed.standing else None
    st.text(
        f"{control} for {period} is {service.sign_off_words(standing)}. {row['owner']} attests, {row['reviewer']} "
        "confirms or sends back."
    )
    if not row["is_closed"]:
        st.caption("The period is not closed: nothing can be signed yet.")
    history = service.history(signed, control, period)
    if history.empty:
        st.caption("Nobody has signed this result. Signing is done with `tieout control attest`.")
    else:
        show_table(
            history.assign(
                recorded=[formats.local_time(moment, st.context.timezone) for moment in history["recorded_at"]]
            ),
            [
                Column("recorded", "When", "note"),
                Column("what", "What", "note"),
                Column("who", "Who", "note"),
                Column("conclusion", "Conclusion", "note"),
                Column("words", "In their words, or why refused", "sentence"),
                Column("build_id", "Build", "note"),
                Column("record", "Record", "count"),
            ],
            manifest=build,
            name=f"sign_off_{control}_{period}",
            title=f"Sign-off of {control} for {period}, newest first",
        )

st.subheader("Our own builds", anchor=False)
st.caption("Whether each build that is kept was made from committed code: change control over this warehouse itself.")
builds = service.own_builds()
show_table(
    builds.assign(
        published=[formats.local_time(moment, st.context.timezone) for moment in builds["created_at"]],
        state=builds["is_committed"].map({True: "● committed", False: "■ uncommitted changes"}),
    ),
    [
        Column("build_id", "Build"),
        Column("state", "Code"),
        Column("git_commit", "Commit", "note"),
        Column("business_date", "Business date", "date"),
        Column("published", "Published", "note"),
    ],
    manifest=build,
    name="own_builds",
    title="Builds that are kept, newest first, and the code they were made from",
)

st.subheader("Journals by their leading digits", anchor=False)
benford = read(service.benford) if "fct_sox_benford" in build.tables else None
if benford is None or benford.empty:
    states.nothing_here("This build has no amounts of journals to hold against Benford's law.")
    st.stop()
population_column, of_column, digits_column = st.columns(3)
with population_column:
    population = choose(
        "Amounts of",
        "population",
        sorted(benford["population"].unique()),
        default=sorted(benford["population"].unique())[0],
        format_func=service.words,
    )
held = sorted(benford.loc[benford["population"] == population, "quarter"].unique(), reverse=True)
with of_column:
    digits_quarter = choose("In quarter", "digits_quarter", held, default=quarter if quarter in held else held[0])
with digits_column:
    digits = choose(
        "Digits",
        "digits",
        list(service.DIGITS),
        default="first_two",
        format_func=service.DIGITS.__getitem__,
        segmented=True,
    )
statistics = benford[(benford["population"] == population) & (benford["quarter"] == digits_quarter)]
one = statistics[statistics["digits"] == digits]
if not one.empty:
    show_headlines(
        [
            ("Conformity", service.conformity(str(one["conformity"].iloc[0])), "Class of the mean absolute deviation."),
            (
                "Mean absolute deviation",
                formats.amount(one["mean_absolute_deviation"].iloc[0], 5),
                "Of observed from expected shares.",
            ),
            ("Chi-square", formats.amount(one["chi_square"].iloc[0]), "Large samples make it strict."),
            ("Amounts", formats.count(one["amounts"].iloc[0]), "Positive amounts in the quarter."),
        ],
        name="benford",
    )
charts.show(
    charts_of_controls.digits(read(service.benford_digits, population, digits_quarter, digits)),
    height=340,
    name="benford-digits",
    description=f"Observed and expected share of each {service.DIGITS[digits].lower()} of {service.words(population)}, "
    f"{digits_quarter}",
)
show_table(
    statistics.assign(
        digits_words=statistics["digits"].map(service.DIGITS),
        conformity_words=statistics["conformity"].map(service.conformity),
    ),
    [
        Column("digits_words", "Digits"),
        Column("conformity_words", "Conformity", "note"),
        Column("mean_absolute_deviation", "Mean absolute deviation", "price"),
        Column("chi_square", "Chi-square", "amount"),
        Column("degrees_of_freedom", "Degrees of freedom", "count"),
        Column("chi_square_p_value", "p-value", "ratio"),
        Column("kolmogorov_smirnov", "Kolmogorov-Smirnov", "price"),
        Column("mantissa_mean", "Mean of mantissas", "ratio"),
        Column("mantissa_variance", "Variance of mantissas", "ratio"),
        Column("arc_squared_length", "Mantissa arc, squared length", "price"),
        Column("arc_p_value", "p-value of the arc", "ratio"),
        Column("distortion_factor", "Distortion factor", "ratio"),
        Column("amounts", "Amounts", "count"),
    ],
    manifest=build,
    name=f"benford_{population}_{digits_quarter}",
    title=f"Benford's law: {service.words(population)}, {digits_quarter}",
)
