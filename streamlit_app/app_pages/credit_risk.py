"""Credit risk: RWA by class, internal estimates beside the standard, what stood in for missing data, netting sets."""

import streamlit as st

from streamlit_app.components import charts, charts_of_capital, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import ALL, choose_date
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import credit_risk as service
from streamlit_app.services.builds import weekday_date

FALLBACK = "A rating, class or loan-to-value is missing, so that the standard's fallback was used."

build = manifest()
dates = read(service.reporting_dates)
if not dates:
    states.nothing_here("This build holds no credit exposures.")
    st.stop()
states.older_than_build(dates[0], build, "Credit risk")

date_column, class_column, shown_column = st.columns([1.2, 1, 1])
with date_column:
    day = choose_date(dates, "Reporting date")
classes = read(service.by_class, day)
with class_column:
    chosen = choose(
        "Exposure class",
        "class",
        [ALL, *classes["exposure_class"]],
        default=ALL,
        format_func=lambda name: "All classes" if name == ALL else service.class_words(name),
    )
with shown_column:
    fallback = choose(
        "Exposures",
        "exposures",
        [ALL, "fallback"],
        default=ALL,
        format_func=lambda name: "All" if name == ALL else "With a fallback",
        explanation=FALLBACK,
    )
totals = service.totals(classes)
show_headlines(
    [
        ("RWA, USD", formats.millions(totals["rwa_usd"]), "Standardised approach, counterparty credit risk included."),
        ("Exposure at default, USD", formats.millions(totals["ead_usd"]), "After conversion factors and mitigation."),
        ("Density", formats.share(totals["density"]), "RWA over exposure at default."),
        (
            "With a fallback",
            f"{formats.count(totals['fallbacks'])} of {formats.count(totals['exposures'])}",
            FALLBACK,
        ),
    ]
)
show_tie(read(service.template_tie, day, classes))

st.subheader("By exposure class", anchor=False)
charts.show(
    charts_of_capital.parts(classes, "class_name", "rwa_usd", "RWA, USD m"),
    height=110 + 28 * len(classes),
    name="rwa-by-class",
    description=f"Risk-weighted assets by exposure class in USD millions, {weekday_date(day)}",
)
show_table(
    classes,
    [
        Column("class_name", "Class"),
        Column("rwa_usd", "RWA, USD", "amount"),
        Column("ead_usd", "Exposure at default, USD", "amount"),
        Column("density", "Density", "share", "RWA over exposure at default."),
        Column("on_balance_usd", "On balance, USD", "amount"),
        Column("off_balance_usd", "Off balance, USD", "amount"),
        Column("provisions_usd", "Provisions, USD", "amount"),
        Column("exposures", "Exposures", "count"),
        Column("fallbacks", "With a fallback", "count", FALLBACK),
        Column("exposures_irb", "With an internal estimate", "count"),
        Column("rwa_irb_usd", "RWA by internal estimates, USD", "amount", "For comparison; it does not count."),
        Column(
            "irb_over_standardised",
            "Internal over standardised",
            "ratio",
            "RWA by internal estimates over the standardised RWA of the same exposures.",
        ),
        Column("expected_loss_usd", "Expected loss, USD", "amount", "By internal estimates."),
    ],
    manifest=build,
    name=f"credit_risk_{day}",
    title=f"Credit risk by exposure class, {weekday_date(day)}",
    max_height=640,
)

st.subheader("Exposures", anchor=False)
rows = read(service.exposures, day, None if chosen == ALL else chosen, fallback != ALL)
if rows.empty:
    states.nothing_here("No exposure fits this choice.")
else:
    st.caption(f"{len(rows):,} of {rows['exposures_in_all'].iloc[0]:,}, largest RWA first.")
    show_table(
        rows,
        [
            Column("exposure_id", "Exposure"),
            Column("type_name", "Type"),
            Column("class_name", "Class"),
            Column("obligor_id", "Obligor"),
            Column("country", "Country", "note"),
            Column("rwa_usd", "RWA, USD", "amount"),
            Column("risk_weight", "Risk weight", "share"),
            Column("ead_usd", "Exposure at default, USD", "amount"),
            Column("ead_before_mitigation_usd", "Before mitigation, USD", "amount"),
            Column("ccf", "Conversion factor", "share"),
            Column("on_balance_usd", "On balance, USD", "amount"),
            Column("off_balance_usd", "Off balance, USD", "amount"),
            Column("rwa_irb_usd", "RWA by internal estimates, USD", "amount"),
            Column("fallback", "Fallback for a missing", "note", FALLBACK),
            Column("is_defaulted", "Defaulted", "flag"),
            Column("currency", "Currency"),
            Column("remaining_maturity_years", "Years left", "decimal"),
            Column("rule_ids", "Rules", "sentence"),
            Column("note", "Note", "sentence"),
        ],
        manifest=build,
        name=f"exposures_{chosen}_{fallback}_{day}",
        title=f"Credit exposures, {weekday_date(day)}",
        max_height=560,
        placeholder="",
    )

st.subheader("Counterparty credit risk", anchor=False)
netting_sets = read(service.netting_sets, day)
if netting_sets.empty:
    states.nothing_here("There is no netting set and no securities financing on this date.")
else:
    show_table(
        netting_sets,
        [
            Column("netting_set_id", "Netting set or transaction"),
            Column("method_name", "Method"),
            Column("counterparty_name", "Counterparty"),
            Column("is_margined", "Margined", "flag"),
            Column("is_netting_set_missing", "Agreement missing", "flag", "No netting set was delivered for it."),
            Column("trade_count", "Trades", "count"),
            Column("ead_usd", "Exposure at default, USD", "amount"),
            Column("replacement_cost_usd", "Replacement cost, USD", "amount"),
            Column("pfe_usd", "Potential future exposure, USD", "amount"),
            Column("multiplier", "Multiplier", "ratio"),
            Column("aggregate_add_on_usd", "Add-on, USD", "amount"),
            Column("market_value_usd", "Market value, USD", "signed", "To the bank; negative is owed."),
            Column("collateral_usd", "Collateral, USD", "signed", "Positive is held, negative is posted."),
            Column("counterparty_lei", "LEI"),
            Column("rule_ids", "Rules", "sentence"),
        ],
        manifest=build,
        name=f"netting_sets_{day}",
        title=f"Netting sets and securities financing, {weekday_date(day)}",
        placeholder="",
    )
