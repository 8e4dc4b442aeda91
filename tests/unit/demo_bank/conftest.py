"""One small demonstration bank for all tests of this folder, and ways to read its deliveries as delivered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.demo_bank import DemoSummary, generate

SCALE, SEED = 0.02, 20221228
CONTRACTS = Path(__file__).parents[3] / "orchestration" / "landing" / "contracts"


@dataclass(frozen=True)
class MadeBank:
    inbox: Path
    answers_path: Path
    summary: DemoSummary

    @cached_property
    def answers(self) -> dict:
        return json.loads(self.answers_path.read_text())

    @property
    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.inbox)) for path in self.inbox.rglob("*") if path.is_file())

    def delivered(self, feed: str) -> list[str]:
        """Paths of a feed's files that must load."""
        return [
            path
            for path, facts in self.answers["files"].items()
            if facts["feed"] == feed and facts["status"] == "loaded"
        ]

    def clean_rows(self, feed: str) -> duckdb.DuckDBPyRelation:
        """A feed's rows, all as text but in Parquet, without the planted ones."""
        planted = {
            (fault["file"], fault["line"])
            for fault in self.answers["faults"]
            if fault.get("line") is not None and fault["feed"] == feed
        }
        connection = duckdb.connect()
        connection.execute("create table planted (file varchar, line bigint)")
        if planted:
            connection.executemany("insert into planted values (?, ?)", sorted(planted))
        paths = self.delivered(feed)
        if paths[0].endswith(".parquet"):
            names = [str(self.inbox / path) for path in paths]
            return connection.sql(
                f"""
                select rows.* exclude (filename, file_row_number)
                from read_parquet({names}, filename = true, file_row_number = true) as rows
                left join planted
                  on planted.file = rows.filename[{len(str(self.inbox)) + 2}:]
                  and planted.line = rows.file_row_number + 1
                where planted.line is null
                """
            )
        scratch = self.answers_path.parent / f"{feed}.clean"
        with scratch.open("w") as out:
            for number, path in enumerate(paths):
                lines = (self.inbox / path).read_text().splitlines()
                is_csv = path.endswith(".csv")
                if is_csv:
                    lines.pop()
                    if number == 0:
                        out.write(lines[0] + "\n")
                first = 1 if is_csv else 0
                for line, text in enumerate(lines[first:], first + 1):
                    if (path, line) not in planted:
                        out.write(text + "\n")
        if paths[0].endswith(".csv"):
            return connection.sql(f"from read_csv('{scratch}', header = true, all_varchar = true, strict_mode = true)")
        return connection.sql(f"from read_json('{scratch}', format = 'newline_delimited')")


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> MadeBank:
    return make_bank(tmp_path_factory.mktemp("bank"), SEED)


@pytest.fixture
def make(tmp_path: Path) -> Callable[[int], MadeBank]:
    return lambda seed: make_bank(tmp_path / str(seed), seed)


@pytest.fixture(scope="session")
def contracts() -> dict[str, dict]:
    return dict(read_contracts())


def make_bank(home: Path, seed: int) -> MadeBank:
    answers = home / "demo" / "answers.json"
    return MadeBank(home / "inbox", answers, generate(home / "inbox", answers, scale=SCALE, seed=seed))


def read_contracts() -> Iterator[tuple[str, dict]]:
    for path in CONTRACTS.glob("*.yml"):
        contract = yaml.safe_load(path.read_text())
        yield contract["feed"], contract
