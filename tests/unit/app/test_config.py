"""What keeps the app on this machine and quiet is set where `make up` finds it."""

import tomllib
from pathlib import Path

CONFIG = tomllib.loads((Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text())


def test_the_server_listens_on_this_machine_only() -> None:
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["server"]["allowedHosts"] == ["127.0.0.1", "localhost"]


def test_nothing_is_reported_home_and_no_trace_reaches_a_reader() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["client"]["showErrorLinks"] is False


def test_data_leaves_by_the_download_button_only() -> None:
    assert CONFIG["client"]["disableDataExport"] is True
