"""Run dbt with the right environment and read what it wrote."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance import builds
from governance.files import exclusive_lock
from governance.settings import settings
from orchestration.errors import EnvironmentNotReady
from orchestration.lib.environment import DBT_PROJECT, dbt_executable, project_checksum


def parsed_folder() -> Path:
    """Return the folder that holds the manifest Dagster's graph is made from, apart from any running build's."""
    return settings().root / "dbt" / "parsed"


def manifest_path() -> Path:
    """Return a manifest of the present project; parses it when a model, seed or test has changed since the last one."""
    manifest = parsed_folder() / "manifest.json"
    stamp = parsed_folder() / "project_checksum"
    parsed_folder().mkdir(parents=True, exist_ok=True)
    with exclusive_lock(parsed_folder() / "parse.lock"):
        if manifest.exists() and stamp.exists() and stamp.read_text() == project_checksum():
            return manifest
        completed = run_dbt(["parse", "--target-path", str(parsed_folder()), "--quiet"], capture=True)
        if completed.returncode != 0:
            raise EnvironmentNotReady(
                f"The dbt project does not parse; mend it first. dbt says: {completed.stdout.strip()}"
            )
        stamp.write_text(project_checksum())
        return manifest


def parse_project_meanwhile() -> None:
    """Parse the project on another core; whoever needs the manifest waits for it and gets its error."""

    def parse() -> None:
        with contextlib.suppress(EnvironmentNotReady):
            manifest_path()

    threading.Thread(target=parse, daemon=True).start()


def take_over_parsed_project() -> None:
    """Let the next build start from the project as it was parsed for the graph; dbt parses anew what has changed."""
    parsed = parsed_folder() / "partial_parse.msgpack"
    if parsed.exists():
        shutil.copyfile(parsed, settings().dbt_target / parsed.name)


def run_dbt(arguments: list[str], *, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Run ``dbt`` from the project's folder, as its seeds' remembered paths need; `prepare` has set the environment."""
    return subprocess.run(  # noqa: S603 our own dbt, arguments passed as a list
        [dbt_executable(), *arguments],
        cwd=DBT_PROJECT,
        text=True,
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.STDOUT if capture else None,
        check=False,
    )


@dataclass(frozen=True)
class DbtArtifacts:
    """The manifest and the results of the last ``dbt build``.

    Attributes
    ----------
    manifest, run_results : dict
        dbt's artifacts as parsed JSON.
    """

    manifest: dict[str, Any]
    run_results: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> DbtArtifacts:
        """Read both artifacts from a target folder."""
        return cls(
            json.loads((folder / "manifest.json").read_text()), json.loads((folder / "run_results.json").read_text())
        )

    def count(self, resource_types: set[str], statuses: set[str]) -> int:
        """Return how many nodes of these types ended with these statuses."""
        return sum(
            result["unique_id"].split(".")[0] in resource_types and result["status"] in statuses
            for result in self.run_results["results"]
        )

    def failures(self) -> list[str]:
        """Return one sentence for every model or seed that could not be built."""
        return [
            f"{result['unique_id'].split('.')[2]} was not built: {first_line(result['message'])}"
            for result in self.run_results["results"]
            if result["status"] in {"error", "runtime error"}
            and not result["unique_id"].startswith(("test.", "unit_test."))
        ]


def first_line(message: str | None) -> str:
    """Return the line of a dbt message that names the fault."""
    lines = [line.strip() for line in (message or "no message").splitlines() if line.strip()]
    return next((line for line in lines if "Error:" in line), lines[0])


#: Raw tables that leave the warehouse with the compliance file: what was refused, and the ciphertext of personal data.
COMPLIANCE_RAW = ("quarantine", "pii_values")


def published_models(manifest: Mapping[str, Any]) -> list[builds.PublishedModel]:
    """Return the tables to publish: every model says in ``meta.publish`` which role files it goes to."""
    marts = [
        builds.PublishedModel(
            schema=node["schema"], table=node["name"], roles=frozenset(node["config"]["meta"]["publish"])
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["meta"].get("publish")
    ]
    raw = [
        builds.PublishedModel(schema="raw", table=table, roles=frozenset({"compliance"})) for table in COMPLIANCE_RAW
    ]
    return [*marts, *raw]
