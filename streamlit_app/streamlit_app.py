"""Entry file of the app: `streamlit run streamlit_app/streamlit_app.py` from the repository root.

It decides whether the app may serve, which build the reader sees and which pages there are, and draws what is on every
page: title, banner, and the states in which there is nothing else to draw.
"""

import sys
from contextlib import suppress
from pathlib import Path

# Streamlit puts this folder on the path, where this file would hide the package of the same name.
with suppress(ValueError):
    sys.path.remove(str(Path(__file__).resolve().parent))

import streamlit as st

from governance.errors import GovernanceError
from streamlit_app.components import session, states
from streamlit_app.components.banner import show_banner
from streamlit_app.services.builds import standing

# A file of ours: the browser fetches a named icon or an emoji from somebody else's server.
MARK = str(Path(__file__).with_name("components") / "mark.svg")

st.set_page_config(page_title="Tieout", page_icon=MARK, layout="wide")
states.refuse_other_machines()

page = st.navigation(
    {
        "Positions": [
            st.Page(
                "app_pages/positions_and_pnl.py",
                title="Positions and P&L",
                icon=":material/account_balance_wallet:",
                default=True,
            ),
            st.Page(
                "app_pages/pnl_explain.py",
                title="P&L explain",
                icon=":material/waterfall_chart:",
                url_path="pnl-explain",
            ),
            st.Page(
                "app_pages/exposure_and_concentration.py",
                title="Exposure and concentration",
                icon=":material/donut_small:",
                url_path="exposure-and-concentration",
            ),
        ],
        "Market risk": [
            st.Page(
                "app_pages/market_risk.py", title="Market risk", icon=":material/ssid_chart:", url_path="market-risk"
            ),
            st.Page("app_pages/backtesting.py", title="Backtesting", icon=":material/rule:", url_path="backtesting"),
            st.Page("app_pages/stress.py", title="Stress", icon=":material/thunderstorm:", url_path="stress"),
            st.Page(
                "app_pages/limits_and_breaches.py",
                title="Limits and breaches",
                icon=":material/speed:",
                url_path="limits-and-breaches",
            ),
            st.Page(
                "app_pages/transaction_risk.py",
                title="Transaction risk",
                icon=":material/receipt_long:",
                url_path="transaction-risk",
            ),
        ],
        "Capital and liquidity": [
            st.Page("app_pages/capital.py", title="Capital", icon=":material/account_balance:", url_path="capital"),
            st.Page(
                "app_pages/credit_risk.py",
                title="Credit risk",
                icon=":material/real_estate_agent:",
                url_path="credit-risk",
            ),
            st.Page("app_pages/liquidity.py", title="Liquidity", icon=":material/water_drop:", url_path="liquidity"),
            st.Page(
                "app_pages/large_exposures.py",
                title="Large exposures",
                icon=":material/hub:",
                url_path="large-exposures",
            ),
            st.Page(
                "app_pages/regulatory_templates.py",
                title="Regulatory templates",
                icon=":material/table_view:",
                url_path="regulatory-templates",
            ),
        ],
        "Conduct (MiFID II)": [
            st.Page(
                "app_pages/transaction_reporting.py",
                title="Transaction reporting",
                icon=":material/send:",
                url_path="transaction-reporting",
            ),
            st.Page(
                "app_pages/best_execution.py",
                title="Best execution",
                icon=":material/price_check:",
                url_path="best-execution",
            ),
            st.Page(
                "app_pages/position_limits.py",
                title="Position limits",
                icon=":material/agriculture:",
                url_path="position-limits",
            ),
        ],
        "Controls (SOX)": [
            st.Page(
                "app_pages/sox_controls.py",
                title="Controls",
                icon=":material/verified_user:",
                url_path="sox-controls",
            ),
        ],
        "Evidence": [
            st.Page("app_pages/risk_data.py", title="Risk data", icon=":material/balance:", url_path="risk-data"),
            st.Page(
                "app_pages/build_and_deliveries.py",
                title="Build and deliveries",
                icon=":material/fact_check:",
                url_path="build-and-deliveries",
            ),
        ],
    }
)
st.title(page.title, anchor=False)

try:
    now = standing()
    if now.manifest is None:
        states.nothing_published(now.gate)
    else:
        show_banner(now, now.manifest)
        session.begin(page.url_path, now.manifest)
        page.run()
except GovernanceError as error:
    states.unreadable(error)
