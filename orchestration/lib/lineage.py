"""Column lineage of dbt models, read from their compiled SQL."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlglot import MappingSchema, exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

#: column -> the upstream columns it is computed from, each ``(relation, column)``
ColumnLineage = dict[str, list[tuple[str, str]]]


def column_lineage(compiled_sql: str, schemas: Mapping[str, Mapping[str, str]]) -> ColumnLineage:
    """Return, for every column a query yields, the upstream columns it is made of.

    Parameters
    ----------
    compiled_sql : str
        One DuckDB query.
    schemas : mapping
        Relation name (``database.schema.table``) to column name to type, for every relation the query reads.

    Returns
    -------
    dict
        Column to a sorted list of (relation, column). A query sqlglot cannot resolve gives an empty dict: lineage is
        then shown as missing, not as "none".
    """
    schema = MappingSchema(dialect="duckdb")
    for relation, columns in schemas.items():
        schema.add_table(relation, dict(columns), dialect="duckdb")
    try:
        query = qualify(parse_one(compiled_sql, dialect="duckdb"), schema=schema, dialect="duckdb")
        if not isinstance(query, exp.Query):
            return {}
        scope = build_scope(query)
        # All columns in one walk, without a copy of the query for each node: wide models have hundreds of columns.
        nodes = lineage(None, query, schema, scope=scope, dialect="duckdb", trim_selects=False, copy=False)
        known: dict[int, frozenset[tuple[str, str]]] = {}
        found = {name: sorted(_leaves(node, known)) for name, node in nodes.items()}
    except (SqlglotError, ValueError):
        return {}
    return found


def _leaves(node: Node, known: dict[int, frozenset[tuple[str, str]]]) -> frozenset[tuple[str, str]]:
    """Return the columns of tables at the end of a node's paths; nodes are shared, so each is walked once."""
    if id(node) not in known:
        leaves = [_leaves(below, known) for below in node.downstream]
        if isinstance(node.source, exp.Table) and not leaves:
            table = node.source
            column = node.name.rsplit(".", 1)[-1].strip('"')
            leaves.append(frozenset({(f"{table.catalog}.{table.db}.{table.name}", column)}))
        known[id(node)] = frozenset().union(*leaves)
    return known[id(node)]


def project_lineage(
    manifest: Mapping[str, Any], schemas: Mapping[str, Mapping[str, str]], target: Path, cache: Path
) -> dict[str, ColumnLineage]:
    """Return the column lineage of every SQL model, by unique id.

    A model's lineage is kept in the file `cache` under the hash of its compiled SQL and its parents' columns, because
    most models are the same from one build to the next.
    """
    known: dict[str, Any] = json.loads(cache.read_text()) if cache.exists() else {}
    keys: dict[str, str] = {}
    unknown: dict[str, tuple[str, dict[str, Mapping[str, str]]]] = {}
    for unique_id, node in manifest["nodes"].items():
        compiled = target / "compiled" / node["package_name"] / node["original_file_path"]
        if node["resource_type"] != "model" or node["language"] != "sql" or not compiled.exists():
            continue
        parents = {
            relation: schemas[relation]
            for parent in node["depends_on"]["nodes"]
            if (relation := relation_name(manifest, parent)) in schemas
        }
        sql = compiled.read_text()
        keys[unique_id] = key = hashlib.sha256(json.dumps([sql, parents], sort_keys=True).encode()).hexdigest()
        if key not in known:
            unknown[key] = (sql, parents)
    found = {key: column_lineage(*query) for key, query in unknown.items()}
    fresh = {key: known[key] if key in known else found[key] for key in keys.values()}
    result = {
        unique_id: {column: [(r, c) for r, c in leaves] for column, leaves in fresh[key].items()}
        for unique_id, key in keys.items()
    }
    cache.write_text(json.dumps(fresh))
    return result


def relation_name(manifest: Mapping[str, Any], unique_id: str) -> str:
    """Return ``database.schema.table`` of a model, seed, snapshot or source."""
    node = manifest["sources"].get(unique_id) or manifest["nodes"][unique_id]
    return f"{node['database']}.{node['schema']}.{node.get('identifier') or node.get('alias') or node['name']}"
