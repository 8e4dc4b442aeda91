from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from python_models.errors import FrameError, ScenarioError
from python_models.market_risk.stress import StressInputs, reverse_stress_frame, stress_valuations_frame
from python_models.pricing.curves import TENOR_YEARS, TENORS
from tests.unit.market_risk import revalued_book as bank

SEEDS = Path(__file__).parents[3] / "dbt_project" / "seeds" / "stress"


def shocks(**scenarios: dict[str, float]) -> pd.DataFrame:
    """All factors of every scenario; the named ones move."""
    rows = [
        (name, factor, moves.get(factor, 0.0), False) for name, moves in scenarios.items() for factor in bank.FACTORS
    ]
    return pd.DataFrame(rows, columns=["scenario_id", "risk_factor_id", "shock", "is_proxied"])


def inputs(given: pd.DataFrame, **changed: pd.DataFrame) -> StressInputs:
    names = given["scenario_id"].unique()
    frames = {
        "instruments": bank.INSTRUMENTS,
        "curves": bank.curves(),
        "spots": bank.spots(),
        "volatilities": bank.volatilities(),
        "positions": bank.POSITIONS,
        "scenarios": pd.DataFrame({"scenario_id": names, "valid_from": "2015-01-01", "valid_to": "2100-01-01"}),
        "shocks": given,
    }
    return StressInputs(**(frames | changed))


def targets(*rows: tuple, max_scale: float = 10.0) -> pd.DataFrame:
    return pd.DataFrame(
        [(*row, max_scale, "2015-01-01", "2100-01-01") for row in rows],
        columns=["scope_type", "scope_id", "loss_target_usd", "max_scale", "valid_from", "valid_to"],
    )


DOWN = {"EQ:AAA": -0.3}


def test_every_instrument_held_has_a_value_today_and_under_every_scenario() -> None:
    frame = stress_valuations_frame(inputs(shocks(down=DOWN, calm={})))
    assert len(frame) == 2 * 2 * 4
    values = frame.set_index(["business_date", "scenario_id", "instrument_id"])
    share = values.loc[(pd.Timestamp("2020-02-28"), "down", "EQ:AAA")]
    assert (share["base_value_usd"], share["stressed_value_usd"]) == (50.0, 35.0)
    calm = frame[frame["scenario_id"] == "calm"]
    assert (calm["base_value_usd"] == calm["stressed_value_usd"]).all()
    assert frame["missing_reason"].isna().all()


def test_a_scenario_is_applied_only_while_it_is_in_force() -> None:
    given = shocks(down=DOWN)
    in_force = pd.DataFrame({"scenario_id": ["down"], "valid_from": ["2015-01-01"], "valid_to": ["2020-03-31"]})
    frame = stress_valuations_frame(inputs(given, scenarios=in_force))
    assert frame["business_date"].unique().astype(str).tolist() == ["2020-02-28"]


def test_a_proxied_shock_marks_what_depends_on_it_and_nothing_else() -> None:
    given = shocks(down=DOWN)
    given["is_proxied"] = given["risk_factor_id"] == "EQ:AAA"
    frame = stress_valuations_frame(inputs(given))
    assert set(frame.loc[frame["is_proxied"], "instrument_id"]) == {"EQ:AAA", "OP:A"}


def test_a_missing_shock_leaves_null_and_the_reason() -> None:
    given = shocks(down=DOWN)
    given.loc[given["risk_factor_id"] == "VOL:AAA", "shock"] = np.nan
    frame = stress_valuations_frame(inputs(given))
    missing = frame[frame["stressed_value_usd"].isna()]
    assert set(missing["instrument_id"]) == {"OP:A"}
    assert set(missing["missing_reason"]) == {"no move of VOL:AAA"}
    assert missing["base_value_usd"].notna().all()
    assert frame["missing_reason"].notna().sum() == len(missing)


def test_a_missing_price_leaves_null_and_the_reason() -> None:
    frame = stress_valuations_frame(inputs(shocks(down=DOWN), spots=bank.without(bank.spots(), "EQ:AAA")))
    missing = frame[frame["base_value_usd"].isna()]
    assert set(missing["instrument_id"]) == {"EQ:AAA", "OP:A"}
    assert missing["stressed_value_usd"].isna().all()
    assert missing["missing_reason"].str.contains("no level of EQ:AAA on the date").all()


def test_a_volatility_that_would_vanish_is_flagged() -> None:
    frame = stress_valuations_frame(inputs(shocks(calm={"VOL:AAA": -0.9})))
    assert set(frame.loc[frame["is_volatility_floored"], "instrument_id"]) == {"OP:A"}


def test_a_date_is_the_same_alone_and_among_others() -> None:
    given = inputs(shocks(down=DOWN, rates={"IR:USD:10 Yr": 0.02}))
    last = bank.POSITIONS["business_date"] == bank.DATES[1]
    among = stress_valuations_frame(given)
    alone = stress_valuations_frame(given._replace(positions=bank.POSITIONS[last]))
    pd.testing.assert_frame_equal(
        among[among["business_date"] == pd.Timestamp(bank.DATES[1])].reset_index(drop=True), alone, check_exact=True
    )


def test_a_share_alone_loses_in_proportion() -> None:
    shares = bank.POSITIONS[bank.POSITIONS["instrument_id"] == "EQ:AAA"]
    frame = reverse_stress_frame(
        inputs(shocks(down=DOWN), positions=shares), bank.PORTFOLIOS, targets(("firm", None, 30_000.0))
    )
    # 1,000 shares at 50: 30 % is 15,000, so it takes twice the shock.
    assert frame["scale"].tolist() == [2.0, 2.0]
    assert frame["loss_at_scale_usd"].tolist() == pytest.approx([30_000.0] * 2, abs=0.01)
    assert frame["is_reached"].all()
    assert frame["note"].isna().all()


def test_the_scale_reproduces_the_loss_by_direct_revaluation() -> None:
    frame = reverse_stress_frame(
        inputs(shocks(crash={"EQ:AAA": -0.2, "VOL:AAA": 0.1, "IR:USD:10 Yr": 0.01})),
        bank.PORTFOLIOS,
        targets(("desk", None, 20_000.0), ("firm", None, 40_000.0)),
    )
    assert set(frame["scope_id"]) == {"D1", "D2", "FIRM"}
    for row in frame[frame["is_reached"].fillna(False)].itertuples():
        scaled = {"EQ:AAA": -0.2 * row.scale, "VOL:AAA": 0.1 * row.scale, "IR:USD:10 Yr": 0.01 * row.scale}
        values = stress_valuations_frame(inputs(shocks(crash=scaled)))
        held = bank.POSITIONS.merge(values, on=["business_date", "instrument_id"]).merge(bank.PORTFOLIOS)
        held = held[(held["business_date"] == row.business_date)]
        if row.scope_type == "desk":
            held = held[held["desk_id"] == row.scope_id]
        loss = -(held["quantity"] * (held["stressed_value_usd"] - held["base_value_usd"])).sum()
        assert loss == pytest.approx(row.loss_at_scale_usd, abs=0.01)
        assert loss == pytest.approx(row.loss_target_usd, abs=0.1)
    assert frame["is_reached"].sum() >= 3


def test_the_smallest_of_several_scales_is_found() -> None:
    # 2,400 shares against 40 long puts: the loss grows to its greatest near 10 %, then the puts take over.
    hedged = pd.DataFrame(
        [(bank.DATES[0], "P1", "EQ:AAA", 2_400.0), (bank.DATES[0], "P1", "OP:A", 40.0)],
        columns=bank.POSITIONS.columns,
    )
    given = inputs(shocks(down={"EQ:AAA": -0.1}), positions=hedged)

    def loss(scale: float) -> float:
        values = stress_valuations_frame(given._replace(shocks=shocks(down={"EQ:AAA": -0.1 * scale})))
        change = (values["stressed_value_usd"] - values["base_value_usd"]).set_axis(values["instrument_id"])
        return float(-2_400.0 * change["EQ:AAA"] - 40.0 * change["OP:A"])

    losses = np.array([loss(scale) for scale in np.arange(0.0, 8.0, 0.5)])
    top = int(losses.argmax())
    assert 0 < top < len(losses) - 1
    assert losses[-1] < losses[top] / 2.0

    target = float(losses[top] / 2.0)
    frame = reverse_stress_frame(
        given, bank.PORTFOLIOS, targets(("firm", None, target), ("firm", None, 2.0 * losses[top]))
    )

    assert frame["is_reached"].tolist() == [True, False]
    assert frame["scale"].iloc[0] < 0.5 * top
    assert loss(frame["scale"].iloc[0]) == pytest.approx(target, abs=0.1)


def test_a_loss_that_is_not_reached_says_up_to_where_it_was_looked_for() -> None:
    frame = reverse_stress_frame(
        inputs(shocks(down=DOWN, dollar={"FX:EUR": 0.1})), bank.PORTFOLIOS, targets(("desk", "D2", 1_000.0))
    )
    frame = frame[frame["business_date"] == pd.Timestamp(bank.DATES[0])]
    notes = frame.set_index("scenario_id")["note"]
    assert frame["scale"].isna().all()
    assert not frame["is_reached"].any()
    assert notes["down"] == "not reached up to 3.330 times the shocks, where a price would fall to zero"
    assert notes["dollar"] == "not reached up to 10 times the shocks"


def test_a_scope_without_pnl_is_neither_reached_nor_not() -> None:
    frame = reverse_stress_frame(
        inputs(shocks(down=DOWN), spots=bank.without(bank.spots(), "FX:EUR")),
        bank.PORTFOLIOS,
        targets(("firm", None, 1_000.0), ("desk", "D1", 1_000.0)),
    )
    by_scope = frame.groupby("scope_id")["is_reached"]
    assert by_scope.apply(lambda column: column.isna().all()).to_dict() == {"D1": False, "FIRM": True}
    firm = frame[frame["scope_id"] == "FIRM"]
    assert set(firm["note"]) == {"missing: CASH:EUR: no level of FX:EUR on the date"}


def test_targets_and_shocks_that_cannot_be_meant_are_refused() -> None:
    given = inputs(shocks(down=DOWN))
    with pytest.raises(FrameError, match="'D9', which is not known"):
        reverse_stress_frame(given, bank.PORTFOLIOS, targets(("desk", "D9", 1.0)))
    with pytest.raises(FrameError, match="not positive"):
        reverse_stress_frame(given, bank.PORTFOLIOS, targets(("firm", None, -1.0)))
    with pytest.raises(FrameError, match="P3 has no desk"):
        reverse_stress_frame(given, bank.PORTFOLIOS.head(2), targets(("firm", None, 1.0)))
    with pytest.raises(ScenarioError, match="a scenario 'down' that is not known"):
        stress_valuations_frame(given._replace(scenarios=given.scenarios.assign(scenario_id="up")))
    with pytest.raises(ScenarioError, match="'EQ:WHO' is not in the market"):
        extra = pd.DataFrame([("down", "EQ:WHO", 0.1, False)], columns=given.shocks.columns)
        stress_valuations_frame(given._replace(shocks=pd.concat([given.shocks, extra])))
    with pytest.raises(FrameError, match="a factor of a scenario twice"):
        stress_valuations_frame(given._replace(shocks=pd.concat([given.shocks, given.shocks.head(1)])))


def seeded(scenario: str) -> np.ndarray:
    with (SEEDS / "stress_shocks.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["scenario_id"] == scenario]
    shock = {row["risk_factor_id"]: float(row["shock"]) for row in rows}
    return np.array([shock[f"IR:USD:{tenor}"] for tenor in TENORS])


def test_rate_scenarios_have_the_published_shapes() -> None:
    # Basel Committee, BCBS 368, annex 2: US dollar, short shock 300 bp, long shock 150 bp, decay over 4 years.
    short, long = 0.03 * np.exp(-TENOR_YEARS / 4.0), 0.015 * (1.0 - np.exp(-TENOR_YEARS / 4.0))
    for scenario, shape in {
        "rates_short_up": short,
        "rates_short_down": -short,
        "rates_steepener": -0.65 * short + 0.9 * long,
        "rates_flattener": 0.8 * short - 0.6 * long,
    }.items():
        assert seeded(scenario) == pytest.approx(shape, abs=5e-7), scenario
