import datetime as dt
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from governance import builds
from governance.builds import (
    BuildIdentity,
    NodeResult,
    PublishedModel,
    current_build,
    evaluate_gate,
    gate_status,
    load_manifest,
    publish,
    record_withheld,
    retain_build,
    role_file,
    verify_build,
)
from governance.errors import BuildError, BuildNotFound, BuildTampered, BuildWithheld, KeyRingError
from governance.files import canonical_json
from governance.keys import KeyRing, encode_key, verify_signature
from governance.settings import settings
from governance.warehouse import attach_encrypted, connect_warehouse, load_httpfs

DAY = dt.date(2022, 12, 28)
IDENTITY = BuildIdentity(DAY, "0123abc", is_dirty=False, dbt_project_checksum="c1", dbt_version="1.11.16")
GREEN = [NodeResult(node_id="test.tieout.grain", status="pass", severity="error", failures=0)]
RED = [NodeResult(node_id="test.tieout.grain", status="fail", failures=2, tables=["model.tieout.fct_trades"])]
MODELS = [
    PublishedModel("marts", "fct_trades", {"compliance", "analyst"}, {"analyst": {"trader_token"}}),
    PublishedModel("marts", "rpt_totals", {"compliance", "analyst", "aggregate"}),
    PublishedModel("raw", "pii_values", {"compliance"}),
]


TABLES = """
CREATE SCHEMA IF NOT EXISTS marts;
CREATE SCHEMA IF NOT EXISTS raw;
CREATE OR REPLACE TABLE marts.fct_trades AS
SELECT i AS trade_id, 'tok' || i AS trader_token, (i / 3.0)::DECIMAL(38, 6) AS amount_usd FROM range(1000) t(i);
CREATE OR REPLACE TABLE marts.rpt_totals AS SELECT sum(amount_usd)::DECIMAL(38, 6) AS total_usd FROM marts.fct_trades;
CREATE OR REPLACE TABLE raw.pii_values AS SELECT 'ssn' AS kind, 'tok1' AS token, '\\x00\\x01'::BLOB AS ciphertext
"""


@pytest.fixture(scope="module")
def shared_warehouse(tmp_path_factory):
    """One key ring and one open warehouse for all tests of this module: opening one takes a fifth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIEOUT_HOME", str(tmp_path_factory.mktemp("home")))
        patch.delenv("TIEOUT_KEY_ENCRYPTION_KEY", raising=False)
        settings.cache_clear()
        ring = KeyRing.open(create=True)
        with connect_warehouse(ring) as connection:
            yield ring, connection
    settings.cache_clear()


@pytest.fixture
def ring(shared_warehouse):
    shutil.rmtree(settings().published, ignore_errors=True)
    yield shared_warehouse[0]
    settings.cache_clear()


@pytest.fixture
def connection(ring, shared_warehouse):
    shared_warehouse[1].execute(TABLES)
    return shared_warehouse[1]


@pytest.fixture
def run(connection, ring):
    def publish_now(**changes):
        arguments = {"build": IDENTITY, "models": MODELS, "test_results": GREEN, "deliveries": []}
        return publish(connection, ring, **(arguments | changes))

    return publish_now


def change(connection, amount=1):
    connection.execute(f"UPDATE marts.fct_trades SET amount_usd = amount_usd + {amount} WHERE trade_id = 1")


def tables_of(ring, build_id, role):
    key = ring.key_by_id(load_manifest(build_id, ring).files[role].key_id)
    with duckdb.connect() as reader:
        attach_encrypted(reader, role_file(build_id, role), "build", encode_key(key), read_only=True)
        rows = reader.execute(
            """
            SELECT schema_name, table_name, list(column_name ORDER BY column_index)
            FROM duckdb_columns()
            WHERE database_name = 'build'
            GROUP BY ALL
            """
        )
        return {(schema, table): columns for schema, table, columns in rows.fetchall()}


def visible():
    return {path.name for path in settings().published.iterdir() if path.name != ".lock"}


# Publishing


def test_nothing_is_current_before_the_first_publication(ring):
    assert current_build(ring) is None
    assert gate_status() is None


def test_a_published_build_is_current_and_describes_itself(run, ring):
    manifest = run()
    assert current_build(ring) == verify_build(manifest.build_id, ring, deep=True) == manifest
    assert manifest.build_id.startswith("2022-12-28-")
    assert (manifest.git_commit, manifest.is_dirty, manifest.dbt_version) == ("0123abc", False, "1.11.16")
    assert manifest.duckdb_version == duckdb.__version__
    assert manifest.test_results == GREEN
    trades = manifest.tables["fct_trades"]
    assert (trades.rows, trades.schema_name, trades.control_totals) == (1000, "marts", {"amount_usd": "166500.000000"})
    status = gate_status()
    assert (status.is_green, status.business_date, status.build_in_force) == (True, DAY, manifest.build_id)


def test_each_role_gets_its_tables_and_columns_and_nothing_else(run, ring):
    build_id = run().build_id
    trades, totals = ["trade_id", "trader_token", "amount_usd"], ["total_usd"]
    assert tables_of(ring, build_id, "compliance") == {
        ("main", "fct_trades"): trades,
        ("main", "rpt_totals"): totals,
        ("main", "pii_values"): ["kind", "token", "ciphertext"],
    }
    assert tables_of(ring, build_id, "analyst") == {
        ("main", "fct_trades"): ["trade_id", "amount_usd"],
        ("main", "rpt_totals"): totals,
    }
    assert tables_of(ring, build_id, "aggregate") == {("main", "rpt_totals"): totals}


def test_role_files_have_keys_of_their_own_and_no_clear_text(run, ring):
    manifest = run()
    assert len({file.key_id for file in manifest.files.values()}) == 3
    for role in builds.ROLES:
        assert b"trade_id" not in role_file(manifest.build_id, role).read_bytes()


def test_published_files_are_read_only(run):
    folder = settings().published / run().build_id
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir()}
    names = ("compliance.duckdb", "analyst.duckdb", "aggregate.duckdb", "manifest.json")
    assert modes == dict.fromkeys(names, "0o444")


def test_the_same_content_is_published_once(run, connection):
    first = run()
    before = {path: path.stat().st_mtime_ns for path in (settings().published / first.build_id).iterdir()}
    connection.execute("CREATE OR REPLACE TABLE marts.fct_trades AS FROM marts.fct_trades ORDER BY hash(trade_id)")
    assert run() == first
    assert {path: path.stat().st_mtime_ns for path in (settings().published / first.build_id).iterdir()} == before


@pytest.mark.parametrize("what", ["content", "dbt project", "business date", "roles", "exclusions"])
def test_anything_that_changes_what_is_served_changes_the_id(run, connection, what):
    first = run()
    if what == "content":
        change(connection)
    models = list(MODELS)
    if what == "roles":
        models[2] = PublishedModel("raw", "pii_values", {"compliance", "analyst"})
    if what == "exclusions":
        models[0] = PublishedModel("marts", "fct_trades", {"compliance", "analyst"})
    identity = {
        "dbt project": BuildIdentity(DAY, "0123abc", is_dirty=False, dbt_project_checksum="c2", dbt_version="1.11.16"),
        "business date": BuildIdentity(
            dt.date(2022, 12, 29), "0123abc", is_dirty=False, dbt_project_checksum="c1", dbt_version="1.11.16"
        ),
    }.get(what, IDENTITY)
    second = run(build=identity, models=models)
    assert second.build_id != first.build_id
    assert current_build() == second


def test_content_that_returns_makes_its_build_current_again(run, connection, ring):
    first = run()
    change(connection)
    second = run()
    change(connection, -1)
    assert run() == first
    assert current_build(ring) == first
    assert verify_build(second.build_id, ring) == second


def test_a_damaged_build_of_the_same_content_is_not_made_current(run, connection):
    first = run()
    change(connection)
    second = run()
    change(connection, -1)
    path = role_file(first.build_id, "analyst")
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BuildTampered, match=r"analyst\.duckdb was altered"):
        run()
    assert current_build() == second


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ([PublishedModel("marts", "nowhere", {"analyst"})], "no table"),
        ([*MODELS, PublishedModel("raw", "fct_trades", {"analyst"})], "Two published tables"),
        ([PublishedModel("marts", "fct_trades", {"analysts"})], "unknown roles"),
        ([PublishedModel("marts", "fct_trades", {"analyst"}, {"analysts": {"amount_usd"}})], "unknown roles"),
        ([PublishedModel("marts", "fct_trades", {"analyst"}, {"analyst": {"trader_tokn"}})], "no columns"),
        ([PublishedModel("marts", "rpt_totals", {"analyst"}, {"analyst": {"total_usd"}})], "no column left"),
    ],
)
def test_a_faulty_request_publishes_nothing(run, models, message):
    with pytest.raises(BuildError, match=message):
        run(models=models)
    assert visible() == set()


def test_a_copy_that_does_not_tie_is_not_published(run, monkeypatch):
    copy = builds._totals
    monkeypatch.setattr(
        builds,
        "_totals",
        lambda connection, relation, columns: (
            (0, {}) if "publishing" in relation else copy(connection, relation, columns)
        ),
    )
    with pytest.raises(BuildError, match="does not tie"):
        run()
    assert visible() == set()


# The gate


def test_a_red_gate_withholds_and_the_old_build_serves(run, connection, ring):
    first = run()
    change(connection)
    with pytest.raises(BuildWithheld, match=r"test\.tieout\.grain ended as fail with 2 failing rows"):
        run(
            test_results=RED,
            build=BuildIdentity(dt.date(2022, 12, 29), "x", is_dirty=True, dbt_project_checksum="c", dbt_version="1"),
        )
    assert current_build(ring) == first
    status = gate_status()
    assert (status.is_green, status.business_date) == (False, dt.date(2022, 12, 29))
    assert status.withheld == ["model.tieout.fct_trades"]
    assert status.build_in_force == first.build_id
    assert visible() == {first.build_id, "current.json", "gate.json"}


def test_a_withheld_build_can_be_recorded_without_publishing(ring):
    status = record_withheld(DAY, evaluate_gate(RED, []))
    assert gate_status() == status
    assert (status.is_green, status.build_in_force, len(status.reasons)) == (False, None, 1)
    with pytest.raises(BuildError, match="green gate"):
        record_withheld(DAY, evaluate_gate(GREEN, []))


def test_a_red_gate_is_recorded_even_beside_a_damaged_pointer(run):
    run()
    (settings().published / "current.json").write_text("{}")
    assert record_withheld(DAY, evaluate_gate(RED, [])).build_in_force is None


def test_a_damaged_gate_file_is_not_read_as_green(run):
    run()
    (settings().published / "gate.json").write_text("{}")
    with pytest.raises(BuildTampered, match=r"gate\.json"):
        gate_status()


# A stop at any moment


def fail(*_, **__):
    raise RuntimeError("stopped")


@pytest.mark.parametrize(
    "step", ["_copy_table", "sha256_of", "write_atomically", "_point_to", "_record_gate", "_remove_expired"]
)
def test_a_failure_at_any_step_leaves_a_whole_build_in_force(run, connection, ring, monkeypatch, step):
    first = run()
    change(connection)

    with monkeypatch.context() as patch:
        patch.setattr(builds, step, fail)
        with pytest.raises(RuntimeError, match="stopped"):
            run()
    in_force = current_build(ring)
    assert (in_force == first) == (step not in {"_record_gate", "_remove_expired"})
    verify_build(in_force.build_id, ring, deep=True)
    second = run()
    assert second != first
    assert current_build(ring) == second
    assert not list(settings().published.glob(".*.tmp"))
    verify_build(second.build_id, ring, deep=True)


KILLED = """
import os, sys
sys.path.insert(0, sys.argv[2])
import test_builds as here
from governance import builds
from governance.keys import KeyRing
from governance.warehouse import connect_warehouse
step = getattr(builds, sys.argv[1])
def kill_after(*arguments, **named):
    step(*arguments, **named)
    os.kill(os.getpid(), 9)
setattr(builds, sys.argv[1], kill_after)
ring = KeyRing.open()
with connect_warehouse(ring) as connection:
    here.publish(connection, ring, build=here.IDENTITY, models=here.MODELS, test_results=here.GREEN, deliveries=[])
"""


@pytest.mark.parametrize("step", ["_copy_table", "_write_build", "_point_to"])
def test_a_kill_leaves_a_whole_build_in_force_and_the_next_run_tidies_up(home, step):
    ring = KeyRing.open(create=True)
    arguments = {"build": IDENTITY, "models": MODELS, "test_results": GREEN, "deliveries": []}
    with connect_warehouse(ring) as connection:
        connection.execute(TABLES)
        first = publish(connection, ring, **arguments)
        change(connection)
    killed = subprocess.run([sys.executable, "-c", KILLED, step, str(Path(__file__).parent)], check=False)
    assert killed.returncode == -9
    in_force = current_build(ring)
    assert (in_force == first) == (step != "_point_to")
    verify_build(in_force.build_id, ring, deep=True)
    assert bool(list(settings().published.glob(".*.tmp"))) == (step == "_copy_table")
    with connect_warehouse(ring) as connection:
        second = publish(connection, ring, **arguments)
    assert current_build(ring) == second != first
    assert not list(settings().published.glob(".*.tmp"))


def test_a_stop_between_pointer_and_gate_record_does_not_leave_the_gate_red(run, connection, monkeypatch):
    with pytest.raises(BuildWithheld):
        run(test_results=RED)
    with monkeypatch.context() as patch:
        patch.setattr(builds, "_record_gate", fail)
        with pytest.raises(RuntimeError, match="stopped"):
            run()
    status = gate_status()
    assert (status.is_green, status.withheld, status.reasons) == (True, [], [])
    assert (status.business_date, status.build_in_force) == (DAY, current_build().build_id)


# Tampering


def edit(path, function):
    path.chmod(0o600)
    document = json.loads(path.read_text())
    function(document)
    path.write_text(json.dumps(document))


def test_an_edited_manifest_fails_closed(run, ring):
    manifest = run()
    edit(
        settings().published / manifest.build_id / "manifest.json",
        lambda d: d["tables"]["fct_trades"].update(rows=1001),
    )
    for check in (lambda: current_build(ring), lambda: verify_build(manifest.build_id, ring)):
        with pytest.raises(BuildTampered, match="not what was signed"):
            check()


@pytest.mark.parametrize("damage", ["empty", "no signature", "null signature", "list", "renamed"])
def test_a_malformed_manifest_fails_closed(run, ring, damage):
    manifest = run()
    folder = settings().published / manifest.build_id
    path, build_id = folder / "manifest.json", manifest.build_id
    if damage == "empty":
        path.unlink()
        path.write_bytes(b"")
    elif damage == "no signature":
        edit(path, lambda document: document.pop("signature"))
    elif damage == "null signature":
        edit(path, lambda document: document.update(signature=None))
    elif damage == "list":
        path.unlink()
        path.write_text("[]")
    else:
        build_id = "2022-12-29-0123456789ab"
        folder.rename(folder.with_name(build_id))
    with pytest.raises(BuildTampered):
        load_manifest(build_id, ring)


def test_a_rewritten_manifest_with_a_valid_signature_is_not_the_one_pointed_to(run, ring):
    manifest = run()
    path = settings().published / manifest.build_id / "manifest.json"
    path.chmod(0o600)
    path.write_text(json.dumps(json.loads(path.read_text()), indent=4))
    load_manifest(manifest.build_id, ring)
    with pytest.raises(BuildTampered, match="not the manifest that was published"):
        current_build(ring)


def test_another_rings_signature_is_refused(run, tmp_path):
    manifest = run()
    other = KeyRing.open(tmp_path / "other" / "keyring.json", create=True)
    with pytest.raises(BuildTampered):
        load_manifest(manifest.build_id, other)


def test_an_auditor_verifies_with_the_public_key_alone(run):
    document = json.loads((settings().published / run().build_id / "manifest.json").read_text())
    signature = document.pop("signature")
    verify_signature(canonical_json(document), signature, (settings().keys / "signing_public_key.pem").read_text())


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"build_id": "../../etc", "manifest_sha256": "x"}', '{"build_id": 1}']
)
def test_a_damaged_pointer_fails_closed(run, ring, content):
    run()
    (settings().published / "current.json").write_text(content)
    with pytest.raises(BuildTampered, match=r"current\.json"):
        current_build(ring)


def test_a_pointer_to_a_build_that_is_gone_fails_closed(run, ring):
    manifest = run()
    (settings().published / manifest.build_id).rename(settings().published / "elsewhere")
    with pytest.raises(BuildNotFound, match="no published build"):
        current_build(ring)


def test_publishing_again_repairs_a_damaged_pointer(run, ring):
    manifest = run()
    (settings().published / "current.json").write_text("")
    assert run() == current_build(ring) == manifest


@pytest.mark.parametrize("damage", ["missing", "altered", "extra"])
def test_verify_names_every_file_that_is_wrong(run, ring, damage):
    build_id = run().build_id
    path = role_file(build_id, "compliance")
    path.chmod(0o600)
    if damage == "missing":
        path.unlink()
    elif damage == "altered":
        path.write_bytes(path.read_bytes() + b"x")
    else:
        path.with_name("compliance.duckdb.wal").write_bytes(b"x")
    expected = {"missing": "is missing", "altered": "was altered", "extra": "does not belong there"}[damage]
    with pytest.raises(BuildTampered, match=rf"compliance\.duckdb.* {expected}"):
        verify_build(build_id, ring)


def test_deep_verification_compares_the_tables_with_the_manifest(run, ring):
    build_id = run().build_id
    path = role_file(build_id, "analyst")
    path.chmod(0o600)
    key = ring.data_key("published/analyst")[1]
    with connect_to(path, encode_key(key)) as writer:
        writer.execute(
            """
            UPDATE build.fct_trades SET amount_usd = 0 WHERE trade_id = 7;
            DROP TABLE build.rpt_totals;
            CHECKPOINT build
            """
        )
    recorded = load_manifest(build_id, ring).files["analyst"]
    assert sorted(builds._content_problems(path, recorded, ring)) == [
        "table fct_trades of analyst.duckdb differs from the manifest",
        "table rpt_totals of analyst.duckdb differs from the manifest",
    ]


def connect_to(path, key):
    connection = duckdb.connect()
    load_httpfs(connection)
    attach_encrypted(connection, path, "build", key)
    return connection


@pytest.mark.parametrize("build_id", ["", "../../etc", "2022-12-28-0123456789AB", "2022-12-28-0123456789ab/.."])
def test_what_is_not_a_build_id_is_never_a_path(ring, build_id):
    with pytest.raises(BuildNotFound, match="not a build id"):
        load_manifest(build_id, ring)


def test_what_is_not_a_role_is_never_a_path():
    with pytest.raises(BuildError, match="not a role"):
        role_file("2022-12-28-0123456789ab", "../manifest")


def test_a_build_is_not_read_without_its_key_ring(run, monkeypatch):
    run()
    monkeypatch.setenv("TIEOUT_KEY_ENCRYPTION_KEY", "A" * 43 + "=")
    settings.cache_clear()
    with pytest.raises(KeyRingError, match="does not open"):
        current_build()


# Retention


@pytest.fixture
def keep(monkeypatch):
    def set_to(number):
        monkeypatch.setenv("TIEOUT_KEEP_BUILDS", str(number))
        settings.cache_clear()

    return set_to


def published():
    return {name for name in visible() if not name.endswith(".json")}


def test_the_newest_builds_and_the_retained_ones_are_kept(run, connection, keep):
    keep(2)
    ids = [run().build_id]
    retain_build(ids[0], "report 7")
    retain_build(ids[0], "report 7")
    retain_build(ids[0], "report 9")
    for _ in range(4):
        change(connection)
        ids.append(run().build_id)
    assert published() == {ids[0], ids[3], ids[4]}
    assert json.loads((settings().published / "retained.json").read_text()) == {ids[0]: ["report 7", "report 9"]}


def test_the_build_in_force_is_kept_even_when_it_is_the_oldest(run, connection, keep):
    ids = [run().build_id]
    for _ in range(2):
        change(connection)
        ids.append(run().build_id)
    change(connection, -2)
    keep(1)
    assert run().build_id == ids[0]
    assert published() == {ids[0]}


def test_a_damaged_retention_list_removes_nothing(run, connection, keep):
    keep(1)
    first = run().build_id
    (settings().published / "retained.json").write_text("[1]")
    change(connection)
    with pytest.raises(BuildTampered, match="no old build is removed"):
        run()
    assert first in published()


def test_a_damaged_build_is_kept_for_someone_to_look_at(run, connection, keep):
    keep(1)
    first = run().build_id
    edit(settings().published / first / "manifest.json", lambda document: document.update(git_commit="other"))
    change(connection)
    run()
    assert first in published()


def test_only_a_published_build_can_be_retained(ring):
    with pytest.raises(BuildNotFound):
        retain_build("2022-12-28-0123456789ab", "report 7")
