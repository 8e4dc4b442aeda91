"""Published builds that hold nothing but results of controls."""

import datetime as dt

from governance.builds import BuildIdentity, NodeResult, PublishedModel, publish
from governance.warehouse import connect_warehouse

OWNER, REVIEWER = "control@tieout.example", "review@tieout.example"
NOVEMBER = ("JE-02", "2022-11")
DECEMBER = ("JE-02", "2022-12")
FAILED = ("AC-01", "2022-Q3")
UNTESTED = ("CH-01", "2022-11")
#: (control, period, closed, population, exceptions, conclusion)
ROWS = [
    (*NOVEMBER, True, 120, 0, "effective"),
    (*DECEMBER, False, 80, 0, "effective"),
    (*FAILED, True, 12, 3, "ineffective"),
    (*UNTESTED, True, 0, 0, "not_tested"),
]


def frequency_of(period_id):
    return "quarterly" if "Q" in period_id else "monthly"


def publish_controls(ring, rows=ROWS, day=dt.date(2022, 12, 28)):
    """Publish the results and return the build's id."""
    with connect_warehouse(ring) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS marts")
        connection.execute(
            """
            CREATE OR REPLACE TABLE marts.fct_sox_control_results (
                control_id VARCHAR, control_name VARCHAR, frequency VARCHAR, period_id VARCHAR, is_closed BOOLEAN,
                population BIGINT, exceptions BIGINT, conclusion VARCHAR, exceptions_usd DECIMAL(38, 6),
                exception_rate DOUBLE, owner VARCHAR,
                reviewer VARCHAR
            )
            """
        )
        connection.executemany(
            "INSERT INTO marts.fct_sox_control_results VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)",
            [(row[0], f"[red]{row[0]}[/] holds", frequency_of(row[1]), *row[1:], OWNER, REVIEWER) for row in rows],
        )
        return publish(
            connection,
            ring,
            build=BuildIdentity(day, "0123abc", is_dirty=False, dbt_project_checksum="c", dbt_version="1.11"),
            models=[PublishedModel("marts", "fct_sox_control_results", {"compliance", "analyst"})],
            test_results=[NodeResult(node_id="test.tieout.grain", status="pass")],
            deliveries=[],
        ).build_id


def write_people(home, **people):
    """Say who each account is."""
    path = home / "people.yml"
    path.write_text("".join(f"{account}: {email}\n" for account, email in people.items()))
    path.chmod(0o600)
    return path
