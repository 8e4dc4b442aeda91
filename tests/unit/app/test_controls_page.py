"""The page of controls: conclusions in words, exceptions, deficiencies, digits and the sign-off, in every state."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from governance import approvals
from governance.approvals import Request
from governance.builds import Manifest, current_build
from governance.errors import ApprovalRefused
from governance.settings import settings
from streamlit_app.components import charts_of_controls
from streamlit_app.repositories import sign_offs
from streamlit_app.repositories import sox_controls as repository
from streamlit_app.services import sox_controls as service
from tests.unit.app import published_controls
from tests.unit.app.published_build import withhold_next_build
from tests.unit.app.published_controls import HOSTILE, OWNER, REVIEWER
from tests.unit.app.test_pages import markdown, metrics, plain, run, table
from tests.unit.governance.control_builds import write_people

PAGE = "app_pages/sox_controls.py"


def notes(app: AppTest) -> list[str]:
    return [info.value for info in app.info]


def warnings(app: AppTest) -> str:
    return "\n".join(warning.value for warning in app.warning)


def sign(user: str, action: approvals.Action, key: tuple[str, str], conclusion: str | None = None) -> None:
    approvals.sign_off(Request(action, *key, user, f"The words of {user} <b>.", conclusion=conclusion))


@pytest.fixture
def people(home: Path) -> None:
    write_people(home, jane=OWNER, omar=REVIEWER)


@pytest.mark.usefixtures("home")
class TestStates:
    def test_the_newest_quarter_is_concluded_and_counted(self, app: AppTest) -> None:
        run(app, PAGE)
        assert app.selectbox(key="widget:quarter").value == "2022-Q4"
        figures = metrics(app)
        assert figures["Internal control"] == "Not concluded"
        assert (figures["Effective"], figures["Ineffective"], figures["Not tested"]) == ("4 of 5", "1", "0")
        assert (figures["Material weaknesses"], figures["Significant deficiencies"]) == ("0", "1")
        assert figures["Overdue"] == "1"
        assert figures["Confirmed"] == "0 of 13"
        assert "The quarter is not over." in plain(app)
        assert not app.warning

    def test_another_quarter_of_the_address_is_shown_and_a_hostile_one_refused(self, app: AppTest) -> None:
        run(app, PAGE, quarter="2022-Q3")
        assert metrics(app)["Internal control"] == "Effective"
        assert "No material weakness." in plain(app)
        run(app, PAGE, quarter="<script>alert(1)</script>")
        assert "The address asks for a quarter that is not available here" in warnings(app)
        assert "<script>" not in markdown(app) + plain(app)

    def test_a_withheld_build_is_announced_and_the_older_one_still_serves(self, app: AppTest) -> None:
        withhold_next_build()
        run(app, PAGE)
        assert app.warning[0].value.startswith("The build for Thursday 29 December 2022 is withheld")
        assert metrics(app)["Ineffective"] == "1"

    def test_a_build_without_results_says_so(self, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
        held = repository.quarters
        monkeypatch.setattr(repository, "quarters", lambda reader: held(reader)[:0])
        run(app, PAGE)
        assert notes(app) == ["This build holds no results of controls."]
        assert not app.metric

    def test_a_build_made_before_there_were_controls_says_so(
        self, app: AppTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build = current_build()
        assert build is not None
        tables = {name: found for name, found in build.tables.items() if not name.startswith("fct_sox")}
        older = Manifest.model_validate({**build.model_dump(), "tables": tables})
        monkeypatch.setattr("streamlit_app.repositories.builds.current_build", lambda: older)
        run(app, PAGE)
        assert notes(app) == ["This build holds no results of controls."]

    def test_results_show_the_worst_first_in_words(self, app: AppTest) -> None:
        run(app, PAGE)
        rows = table(app, "tolerance_allowed")
        assert list(zip(rows["control_id"], rows["period_id"], rows["state"], strict=True))[:3] == [
            ("JE-02", "2022-11", "■ ineffective"),
            ("AC-01", "2022-Q4", "? not tested"),
            ("CH-01", "2022-11", "? not tested"),
        ]
        assert set(rows["state"][3:]) == {"● effective"}
        assert rows["exceptions_usd"].isna().sum() == 4
        assert set(rows["sign_off"]) == {"not signed"}

    def test_deficiencies_are_aged_and_put_together_by_process(self, app: AppTest) -> None:
        run(app, PAGE)
        rows = table(app, "age_days").set_index("control_id")
        assert list(rows.index) == ["AC-01", "JE-02"]
        assert rows["severity_words"].to_dict() == {"AC-01": "significant deficiency", "JE-02": "deficiency"}
        assert rows["age_days"].to_dict() == {"AC-01": 180, "JE-02": 30}
        assert pd.isna(rows.loc["AC-01", "magnitude_usd"])
        together = table(app, "deficiencies")
        assert together["process_words"].to_list() == ["access", "financial close"]
        assert together["severity_words"].to_list() == ["significant deficiency", "none"]

    def test_before_it_happened_a_deficiency_is_not_listed(self, app: AppTest) -> None:
        run(app, PAGE, quarter="2022-Q3")
        assert table(app, "age_days")["control_id"].to_list() == ["AC-01"]

    def test_a_quarter_without_deficiencies_says_so(self, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
        held = repository.deficiencies
        monkeypatch.setattr(repository, "deficiencies", lambda reader: held(reader)[:0])
        run(app, PAGE)
        assert "No control that could be tested was ineffective in 2022-Q4, and none before it still is." in notes(app)

    def test_a_control_opens_to_its_exceptions(self, app: AppTest) -> None:
        run(app, PAGE, control="JE-02")
        assert app.selectbox(key="widget:period").value == "2022-11"
        figures = metrics(app)
        assert (figures["Conclusion"], figures["Exceptions"]) == ("■ ineffective", "2, 0 allowed")
        rows = table(app, "item_id")
        assert rows["item_id"].to_list() == ["JE-02-2", "JE-02-1"]
        assert rows["amount_usd"].to_list() == [1000, 500]
        assert set(rows["reason"]) == {HOSTILE}
        assert "2 exceptions where 0 are allowed." in plain(app)
        assert "Population: All <i>items</i>" in plain(app)
        assert "Compensating control: RC-01" in plain(app)
        assert not any(text in markdown(app) for text in ("<b>", "<i>", "<person>", "[here]"))

    def test_not_tested_and_no_exception_are_told_apart(self, app: AppTest) -> None:
        run(app, PAGE, control="CH-01", period="2022-11")
        assert metrics(app)["Conclusion"] == "? not tested"
        assert "CH-01 was not tested in 2022-11: there is nothing to show." in notes(app)
        assert "The population is empty." in plain(app)
        run(app, PAGE, control="RC-01")
        assert "RC-01 has no exception in 2022-11." in notes(app)

    def test_more_exceptions_than_can_be_shown_are_counted(self, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(service, "EXCEPTIONS_SHOWN", 1)
        run(app, PAGE, control="JE-02")
        assert "1 of 2 exceptions, largest amount first." in markdown(app)
        assert table(app, "item_id")["item_id"].to_list() == ["JE-02-2"]

    def test_builds_of_uncommitted_code_are_shown(self, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
        run(app, PAGE)
        assert table(app, "git_commit")["state"].to_list() == ["● committed"]
        held = sign_offs.kept_builds
        dirty = lambda: [found.model_copy(update={"is_dirty": True}) for found in held()]  # noqa: E731
        monkeypatch.setattr(sign_offs, "kept_builds", dirty)
        app.run()
        assert table(app, "git_commit")["state"].to_list() == ["■ uncommitted changes"]

    def test_digits_are_held_against_the_law(self, app: AppTest) -> None:
        run(app, PAGE)
        assert metrics(app)["Conformity"] == "nonconformity"
        assert metrics(app)["Mean absolute deviation"] == "0.00231"
        assert table(app, "arc_p_value")["digits_words"].to_list() == [
            "First digit",
            "First two digits",
            "Second digit",
        ]

    def test_without_amounts_there_are_no_digits(self, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
        held = repository.benford
        monkeypatch.setattr(repository, "benford", lambda reader: held(reader)[:0])
        run(app, PAGE)
        assert "This build has no amounts of journals to hold against Benford's law." in notes(app)


@pytest.mark.usefixtures("people")
class TestSignOff:
    KEY = ("JE-02", "2022-11")

    def test_nobody_has_signed_and_the_page_says_who_must(self, app: AppTest) -> None:
        run(app, PAGE, control="JE-02")
        assert f"JE-02 for 2022-11 is not signed. {OWNER} attests, {REVIEWER} confirms or sends back." in plain(app)
        assert "Nobody has signed this result." in markdown(app)

    def test_an_open_period_cannot_be_signed_yet(self, app: AppTest) -> None:
        run(app, PAGE, control="JE-02", period="2022-12")
        assert "The period is not closed: nothing can be signed yet." in markdown(app)

    def test_a_signature_shows_on_the_next_click_and_is_counted(self, app: AppTest) -> None:
        run(app, PAGE, control="JE-02")
        with pytest.raises(ApprovalRefused):
            sign("omar", "attest", self.KEY, "ineffective")
        sign("jane", "attest", self.KEY, "ineffective")
        app.run()
        assert "JE-02 for 2022-11 is attested." in plain(app)
        sign("omar", "confirm", self.KEY)
        app.run()
        assert "JE-02 for 2022-11 is confirmed." in plain(app)
        assert metrics(app)["Confirmed"] == "1 of 13"
        rows = table(app, "recorded")
        assert rows["what"].to_list() == ["confirmed", "attested", "refused to attest"]
        assert rows["who"].to_list() == [REVIEWER, OWNER, REVIEWER]
        assert "is not the owner" in rows["words"].iloc[2]
        assert "<b>" not in markdown(app)

    def test_a_signature_on_another_build_is_superseded(self, app: AppTest) -> None:
        sign("jane", "attest", self.KEY, "ineffective")
        path = settings().approvals_log
        content = json.loads(sqlite3.connect(path).execute("select record from records").fetchone()[0])
        path.unlink()
        # The same attestation, on a build of the day before and of a row that was another.
        log = approvals.ApprovalLog()
        names = ("action", "control_id", "period_id", "user", "statement", "conclusion", "event", "person")
        log._append(
            {
                **{name: content[name] for name in names},
                "attestation": None,
                "build_id": "2022-12-27-0123456789ab",
                "result_hash": "0" * 64,
            }
        )
        run(app, PAGE, control="JE-02")
        assert "JE-02 for 2022-11 is attested on an earlier build, result changed." in plain(app)
        assert metrics(app)["Confirmed"] == "0 of 13"

    def test_an_altered_log_is_announced_and_no_signature_is_shown(self, app: AppTest) -> None:
        sign("jane", "attest", self.KEY, "ineffective")
        with sqlite3.connect(settings().approvals_log) as connection:
            connection.executescript(
                "drop trigger records_are_never_changed; update records set record = replace(record, 'jane', 'joan')"
            )
        run(app, PAGE, control="JE-02")
        assert [error.value for error in app.error] == ["The sign-off log was altered: no signature is shown."]
        assert "Record 1 of " in plain(app)
        assert metrics(app)["Confirmed"] == "missing"
        assert set(table(app, "tolerance_allowed")["sign_off"]) == {"not known"}
        assert metrics(app)["Ineffective"] == "1"


# Figures and services on frames


def results() -> pd.DataFrame:
    frames = published_controls.tables()["fct_sox_control_results"]

    class Reader:
        def query(self, sql: str) -> pd.DataFrame:
            return frames.assign(ends_on=pd.to_datetime(frames["ends_on"])).sort_values(["ends_on", "period_id"])

    return service.results(Reader())  # type: ignore[arg-type]


def test_the_matrix_has_a_word_in_every_cell_that_has_a_result() -> None:
    figure = charts_of_controls.conclusions(service.matrix(results(), "monthly", "2022-Q4"))
    (heatmap,) = figure.data
    assert list(heatmap.x) == ["2022-09", "2022-10", "2022-11", "2022-12<br>(open)"]
    assert [list(row) for row in heatmap.text] == [
        ["effective", "effective", "not tested", "effective"],
        ["effective", "effective", "ineffective", "effective"],
        ["effective", "effective", "effective", "effective"],
        ["effective", "effective", "effective", "effective"],
    ]
    assert [list(row) for row in heatmap.z[:2]] == [[0, 0, 1, 0], [0, 0, 2, 0]]
    assert heatmap.y[1] == "JE-02 Journals are approved by another &lt;person&gt;"
    assert "2 exceptions in 100" in heatmap.customdata[1][2]


def test_the_matrix_leaves_out_what_came_after_and_cells_without_a_result() -> None:
    rows = service.matrix(results(), "monthly", "2022-Q3")
    assert set(rows["period_id"]) == {"2022-09"}
    some = service.matrix(results(), "monthly", "2022-Q4")
    some = some[~((some["control_id"] == "RC-01") & (some["period_id"] == "2022-10"))]
    (heatmap,) = charts_of_controls.conclusions(some).data
    assert heatmap.text[3][1] == ""
    assert pd.isna(heatmap.z[3][1])


def test_the_matrix_is_of_the_last_periods(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PERIODS_DRAWN", 2)
    assert set(service.matrix(results(), "monthly", "2022-Q4")["period_id"]) == {"2022-11", "2022-12"}


def test_a_control_is_shown_for_its_newest_closed_period() -> None:
    rows = results()
    assert service.default_period(rows, "JE-02", "2022-Q4") == "2022-11"
    assert service.default_period(rows, "JE-02", "2022-Q3") == "2022-09"
    assert service.default_period(rows, "AC-01", "2022-Q4") == "2022-Q3"
    assert service.default_period(rows[~rows["is_closed"].astype(bool)], "JE-02", "2022-Q4") == "2022-12"


def test_digits_that_are_off_stand_out_by_more_than_colour() -> None:
    figure = charts_of_controls.digits(published_controls.tables()["fct_sox_benford_digits"])
    observed, off, expected, upper, lower = figure.data
    assert 49 in list(off.x)
    assert len(observed.x) + len(off.x) == len(expected.x) == 90
    assert (upper.name, lower.name) == ("Upper limit", "Lower limit")
    assert all(low < share < high for low, share, high in zip(lower.y, expected.y, upper.y, strict=True))
    assert (observed.marker.pattern.shape, off.marker.pattern.shape) == ("", "/")
