"""A morning in a real browser: every page draws in light and dark, without an error or a request to another host."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from governance.settings import settings
from tests.unit.app.published_build import publish_build, withhold_next_build

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
expect.set_options(timeout=30_000)
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = {
    "": "Positions and P&L",
    "pnl-explain": "P&L explain",
    "exposure-and-concentration": "Exposure and concentration",
    "market-risk": "Market risk",
    "backtesting": "Backtesting",
    "stress": "Stress",
    "limits-and-breaches": "Limits and breaches",
    "transaction-risk": "Transaction risk",
    "transaction-reporting": "Transaction reporting",
    "best-execution": "Best execution",
    "position-limits": "Position limits",
    "sox-controls": "Controls",
    "build-and-deliveries": "Build and deliveries",
}
#: Pages about the firm as a whole: a desk looked at elsewhere means nothing there.
WITHOUT_DESK = {"transaction-reporting", "best-execution", "position-limits", "sox-controls", "build-and-deliveries"}
CHARTS = {
    "": 1,
    "pnl-explain": 3,
    "exposure-and-concentration": 3,
    "market-risk": 5,
    "backtesting": 2,
    "stress": 2,
    "limits-and-breaches": 2,
    "transaction-risk": 0,
    "transaction-reporting": 1,
    "best-execution": 2,
    "position-limits": 2,
    "sox-controls": 2,
    "build-and-deliveries": 0,
}
HEADLINES = {
    **{path: 4 if path in {"pnl-explain", "backtesting", "stress"} else 8 for path in PAGES},
    "market-risk": 12,
    "position-limits": 4,
    "sox-controls": 16,
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("browser")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIEOUT_HOME", str(path))
        settings.cache_clear()
        publish_build()
        yield path
    settings.cache_clear()


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """Start the app as `make up` does, on a free port, and stop it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app/streamlit_app.py", f"--server.port={port}"]
    log = home / "app.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=REPOSITORY, env=os.environ | {"TIEOUT_HOME": str(home)}, stdout=output, stderr=output
        )
        try:
            _wait_until_healthy(port, server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_until_healthy(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            pytest.fail(f"The app ended before it served:\n{log.read_text()}")
        connection = HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    pytest.fail(f"The app did not answer within a minute:\n{log.read_text()}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    if executable is None:
        pytest.fail("No chromium on the path: install Debian's package `chromium` (apt-get install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=["light", "dark"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        color_scheme=request.param,
        timezone_id="America/New_York",
        locale="en-GB",
        accept_downloads=True,
    )
    yield context
    context.close()


def open_page(context: BrowserContext, url: str) -> tuple[Page, list[str], list[str]]:
    """Open an address and wait until it is drawn; return the page, what it asked other hosts for, and its errors."""
    page = context.new_page()
    elsewhere: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url) if _is_elsewhere(request.url) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    settle(page)
    return page, elsewhere, errors


def _is_elsewhere(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))


def settle(page: Page) -> None:
    """Wait until the page has been drawn and nothing is being worked out any more."""
    expect(page.locator(".st-key-headlines")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=30_000)


def metric(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_draws_in_light_and_dark_and_asks_nobody_else(
    context: BrowserContext, address: str, path: str
) -> None:
    page, elsewhere, errors = open_page(context, f"{address}/{path}")
    expect(page.get_by_role("heading", name=PAGES[path], exact=True)).to_be_visible()
    banner = page.locator(".st-key-build-banner")
    expect(banner).to_contain_text("Business date Wednesday 28 December 2022")
    expect(banner).to_contain_text("(America/New_York)")
    expect(banner).to_contain_text("Gate green")
    expect(page.get_by_test_id("stMetric")).to_have_count(HEADLINES[path])
    charts = CHARTS[path]
    expect(page.locator(".js-plotly-plot .main-svg").first if charts else banner).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(charts)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    # Wide tables scroll inside their own frame: the page itself does not move sideways.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert elsewhere == []
    assert errors == []


def test_the_keyboard_alone_chooses_a_desk_and_the_address_follows(context: BrowserContext, address: str) -> None:
    page, _, errors = open_page(context, address)
    before = metric(page, "Market value, USD").inner_text()
    page.get_by_role("combobox", name="Desk").focus()
    page.keyboard.type("FX")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?desk=FX")
    settle(page)
    expect(metric(page, "Market value, USD")).not_to_have_text(before)
    page.reload()
    settle(page)
    expect(metric(page, "Market value, USD")).not_to_have_text(before)
    page.get_by_role("link", name="Market risk").press("Enter")
    page.wait_for_url("**/market-risk?desk=FX")
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert errors == []


def test_a_walk_through_every_page_keeps_the_desk(context: BrowserContext, address: str) -> None:
    page, elsewhere, errors = open_page(context, f"{address}/?desk=FX")
    for path, title in list(PAGES.items())[1:]:
        if path in WITHOUT_DESK:
            continue
        page.get_by_role("link", name=title, exact=True).click()
        page.wait_for_url(f"**/{path}?desk=FX")
        settle(page)
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        expect(page.get_by_role("combobox", name="Desk")).to_have_value("FX")
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert elsewhere == []
    assert errors == []


def test_a_scenario_opens_to_its_positions_by_keyboard(context: BrowserContext, address: str) -> None:
    page, _, errors = open_page(context, f"{address}/stress")
    for chart in (0, 1):
        expect(page.get_by_test_id("stPlotlyChart").nth(chart).locator(".main-svg").first).to_be_visible()
    scenarios = page.get_by_role("combobox", name="Scenario")
    scenarios.scroll_into_view_if_needed()
    # The list closes when the page moves under it, so it is opened again until it stays.
    for _ in range(10):
        scenarios.focus()
        page.keyboard.type("Dollar")
        if page.get_by_role("option", name="Dollar 10% stronger").is_visible():
            break
        page.keyboard.press("Escape")
        page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.wait_for_url("**/stress?scenario=usd_up_10")
    settle(page)
    expect(page.get_by_text("Dollar 10% stronger, -380,000.00 USD. Every currency falls by 10%")).to_be_visible()
    expect(page.get_by_text("Positions sum to the scenario's P&L: yes, difference 0.00")).to_be_visible()
    assert errors == []


def test_a_trade_is_searched_and_the_link_shows_it_again(context: BrowserContext, address: str) -> None:
    page, _, errors = open_page(context, f"{address}/transaction-risk")
    page.get_by_role("textbox", name="Trade id").fill("T00001")
    page.keyboard.press("Enter")
    page.wait_for_url("**/transaction-risk?trade=T00001")
    settle(page)
    found = page.locator(".st-key-trade")
    expect(found).to_contain_text("Counterparty Alder Merchant Bank, LEI 529900T8BM49AURSDO55")
    page.reload()
    settle(page)
    expect(found).to_contain_text("Portfolio EQ-TECH of desk EQUITIES")
    assert errors == []


def test_a_download_of_limits_holds_numbers_behind_the_written_values(context: BrowserContext, address: str) -> None:
    page, _, _ = open_page(context, f"{address}/limits-and-breaches")
    with page.expect_download() as waiting:
        page.locator("[class*=st-key-download-open_breaches]").get_by_role("button").click()
    assert "_open_breaches_FIRM_" in waiting.value.suggested_filename
    table = pd.read_csv(waiting.value.path())
    assert table["Value"].dtype == float
    assert (table["Value"] > table["Limit without waiver"]).all()
    assert table["Build"].str.startswith("2022-12-28-").all()


def test_the_back_button_goes_back_to_the_firm(context: BrowserContext, address: str) -> None:
    page, _, _ = open_page(context, address)
    firm = metric(page, "Market value, USD").inner_text()
    page.get_by_role("combobox", name="Desk").focus()
    page.keyboard.type("FX")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?desk=FX")
    settle(page)
    page.go_back()
    settle(page)
    expect(metric(page, "Market value, USD")).to_have_text(firm)


def test_a_download_holds_the_table_and_the_build(context: BrowserContext, address: str) -> None:
    page, _, _ = open_page(context, f"{address}/?desk=FX")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").nth(1).click()
    assert waiting.value.suggested_filename.endswith("_positions_FX_2022-12-28.csv")
    table = pd.read_csv(waiting.value.path())
    assert table["Build"].str.startswith("2022-12-28-").all()
    shown = float(metric(page, "Market value, USD").inner_text().replace(",", ""))
    assert table["Market value, USD"].sum() == pytest.approx(shown, abs=0.005)


def test_hostile_text_in_data_and_address_stays_text(context: BrowserContext, address: str) -> None:
    context.add_init_script("window.alert = () => { window.wasAttacked = true }")
    page, elsewhere, errors = open_page(
        context,
        f"{address}/?desk=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&portfolio=!%5Bx%5D(http://example.com/x.png)",
    )
    expect(page.get_by_test_id("stAlert")).to_have_count(2)
    expect(page.get_by_test_id("stAlert").first).to_contain_text("is not available here; showing the default instead")
    assert not page.evaluate("window.wasAttacked === true")
    assert elsewhere == []
    assert errors == []


def test_a_withheld_build_shows_at_the_next_look(context: BrowserContext, address: str, home: Path) -> None:
    page, _, _ = open_page(context, address)
    gate = home / "published" / "gate.json"
    green = gate.read_bytes()
    try:
        withhold_next_build()
        page.reload()
        settle(page)
        banner = page.locator(".st-key-build-banner")
        expect(banner).to_contain_text("The build for Thursday 29 December 2022 is withheld")
        expect(banner).to_contain_text("<b>desk FX</b> is off by 12.50")
    finally:
        gate.write_bytes(green)
