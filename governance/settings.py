"""Where Tieout keeps its files and how it is configured: one typed object, read from the environment.

Every runtime file lives under ``TIEOUT_HOME`` (default ``./var``); nothing else in the repository is written to.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

DEMONSTRATION_END = date(2022, 12, 28)
REPOSITORY = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Configuration from ``TIEOUT_*`` environment variables.

    Attributes
    ----------
    home : Path
        Root of all runtime files.
    key_encryption_key : str or None
        Base64 of the 32-byte key that wraps the key ring; when unset it is read from ``keys/key_encryption_key``.
    keep_builds : int
        How many published builds are kept besides those that back a filed report.
    smtp_url, alert_email_from, alert_email_to, alert_webhook_url : str or None
        Where alerts go besides the table and the file ``alerts``. ``smtp_url`` is ``smtp://user:password@host:port``
        (``smtps`` for TLS from the first byte).
    first_daily_date, last_daily_date : date
        First business date that is delivered daily, Dagster's first partition (earlier history is the opening load),
        and the last, for a bank whose deliveries have ended.
    retries, retry_delay_seconds : int
        How often, and after how long, Dagster tries a failed step again; ``tieout run`` does not, it says so at once.
    schedule_cron, schedule_timezone : str
        When the daily job is started.
    jurisdiction : str
        Whose rules capital and liquidity follow: BCBS, EU or UK.
    rules_as_of : date or None
        Apply the rules of this date to every reporting date; each date's own when unset.
    auth016_xsd : Path or None
        The official schema of ISO 20022 auth.016.001.01; transaction reports are checked against it when it is set.
    people_file : Path or None
        Whose e-mail belongs to which account of the operating system; default ``people.yml`` under ``home``.
    """

    model_config = SettingsConfigDict(env_prefix="TIEOUT_", frozen=True)

    home: Path = Path("var")
    key_encryption_key: str | None = None
    keep_builds: int = 10
    memory_limit: str = "8GB"
    threads: int = 2
    smtp_url: str | None = None
    alert_email_from: str | None = None
    alert_email_to: str | None = None
    alert_webhook_url: str | None = None
    first_daily_date: date = date(2022, 11, 30)
    last_daily_date: date | None = None
    retries: int = 3
    retry_delay_seconds: int = 300
    schedule_cron: str = "30 6 * * 2-6"
    schedule_timezone: str = "Europe/London"
    jurisdiction: Literal["BCBS", "EU", "UK"] = "BCBS"
    rules_as_of: date | None = None
    auth016_xsd: Path | None = None
    people_file: Path | None = None

    @property
    def root(self) -> Path:
        """Absolute ``TIEOUT_HOME``; a relative one is taken from the repository, not the working directory."""
        return self.home if self.home.is_absolute() else REPOSITORY / self.home

    @property
    def inbox(self) -> Path:
        """Deliveries not yet landed: ``<system>/<business date>/<file>``."""
        return self.root / "inbox"

    @property
    def archive(self) -> Path:
        """Landed and refused deliveries, each encrypted, named by the SHA-256 of the delivered file."""
        return self.root / "archive"

    @property
    def warehouse(self) -> Path:
        """The encrypted DuckDB file with one writer."""
        return self.root / "warehouse" / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """Published builds and the pointer file ``current.json``."""
        return self.root / "published"

    @property
    def keys(self) -> Path:
        """Key ring, directory mode 0700."""
        return self.root / "keys"

    @property
    def audit_log(self) -> Path:
        """The append-only record of who was shown personal data; directory mode 0700."""
        return self.root / "audit" / "audit.sqlite"

    @property
    def approvals_log(self) -> Path:
        """The append-only record of who signed which control result; directory mode 0700."""
        return self.root / "approvals" / "approvals.sqlite"

    @property
    def people(self) -> Path:
        """The file that says who an account of the operating system is; nobody is known without it."""
        return self.people_file or self.root / "people.yml"

    @property
    def exports(self) -> Path:
        """Reports that were written without naming a place: encrypted, because they hold personal data."""
        return self.root / "exports"

    @property
    def spill(self) -> Path:
        """DuckDB's temporary files, encrypted."""
        return self.root / "spill"

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance: runs, events, schedules."""
        return self.root / "dagster"

    @property
    def dbt_target(self) -> Path:
        """Target folder of dbt (manifest, run results, compiled SQL)."""
        return self.root / "dbt" / "target"

    @property
    def dbt_logs(self) -> Path:
        """Log folder of dbt."""
        return self.root / "dbt" / "logs"

    @property
    def alerts_file(self) -> Path:
        """JSON lines, one alert each."""
        return self.root / "alerts" / "alerts.jsonl"

    @property
    def demo(self) -> Path:
        """The demonstration bank's answers; the warehouse never reads them."""
        return self.root / "demo"

    @property
    def is_demonstration(self) -> bool:
        """Whether the deliveries are the demonstration bank's."""
        return (self.demo / "answers.json").exists()

    @property
    def end_of_daily_dates(self) -> date | None:
        """Last partition (None: it moves with the calendar); the demonstration bank ends on its last day."""
        return self.last_daily_date or (DEMONSTRATION_END if self.is_demonstration else None)


@cache
def settings() -> Settings:
    """Return the process's settings, read once."""
    return Settings()
