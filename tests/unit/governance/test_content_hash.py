from hashlib import sha256

import duckdb
import pytest

from governance.content_hash import content_hash, table_columns
from governance.errors import BuildError


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def hash_of(connection, query):
    connection.execute(f"CREATE OR REPLACE TABLE t AS {query}")
    return content_hash(connection, "t", table_columns(connection, "t"))


def differ(connection, *queries):
    hashes = [hash_of(connection, query) for query in queries]
    return len(set(hashes)) == len(hashes)


MANY = """
    SELECT i::BIGINT AS id, 'text ' || i AS text, (i / 7.0)::DECIMAL(38, 6) AS money, i / 3.0 AS ratio,
        DATE '2020-01-01' + i::INT AS day, i % 2 = 0 AS flag, CASE WHEN i % 5 > 0 THEN i END AS hole
    FROM range(150000) t(i)
"""


def test_the_order_of_rows_does_not_matter(connection):
    assert hash_of(connection, MANY) == hash_of(connection, f"{MANY} ORDER BY hash(i)")


def test_one_digit_of_one_row_matters(connection):
    assert differ(connection, MANY, MANY.replace("i / 7.0)", "i / 7.0 + (i = 123456)::INT * 0.000001)"))


def test_equal_rows_count(connection):
    assert differ(
        connection,
        "SELECT unnest([1, 2]) AS a",
        "SELECT unnest([1, 2, 2]) AS a",
        "SELECT unnest([1, 1, 2]) AS a",
        "SELECT unnest([1]) AS a",
        "SELECT 1 AS a WHERE false",
    )


def test_names_types_and_order_of_columns_matter(connection):
    assert differ(
        connection,
        "SELECT 1 AS a, 2 AS b",
        "SELECT 2 AS b, 1 AS a",
        "SELECT 1 AS a, 2 AS c",
        "SELECT 1::BIGINT AS a, 2 AS b",
        "SELECT '1' AS a, 2 AS b",
    )


def test_fields_do_not_run_into_each_other(connection):
    assert differ(
        connection,
        "SELECT 'a' AS a, 'b|c' AS b",
        "SELECT 'a|b' AS a, 'c' AS b",
        "SELECT 'a|1:b' AS a, 'c' AS b",
        "SELECT 'a' AS a, '1:b|c' AS b",
        "SELECT NULL::VARCHAR AS a, 'b|c' AS b",
        "SELECT 'N' AS a, 'b|c' AS b",
        "SELECT '' AS a, 'b|c' AS b",
    )


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("DOUBLE", ["0.1", "0.1 + 1e-17 * 2", "'NaN'", "'inf'", "NULL", "1e300"]),
        ("DECIMAL(38, 6)", ["0.000001", "-0.000001", "99999999999999999999999999999999.999999", "NULL", "0"]),
        ("DECIMAL(18, 2)", ["1.10", "1.11", "NULL"]),
        ("DECIMAL(30, 0)", ["123456789012345678901234567890", "123456789012345678901234567891", "1"]),
        ("DECIMAL(38, 20)", ["1.00000000000000000001", "1.00000000000000000002"]),
        ("HUGEINT", ["170141183460469231731687303715884105727", "1", "NULL"]),
        ("TIMESTAMP", ["'2020-01-01 00:00:00.000001'", "'2020-01-01'", "NULL"]),
        ("BLOB", ["'\\x41'", "'\\x00'", "''", "NULL"]),
        ("VARCHAR", ["'é'", "'e\u0301'", "'\\x41'", "''", "NULL", "'N'"]),
        ("ENUM('a', 'b')", ["'a'", "'b'", "NULL"]),
        ("JSON", ["'{}'", "'[]'", "NULL"]),
        ("INTERVAL", ["'1 day'", "'24 hours'", "NULL"]),
        ("UUID", ["'00000000-0000-0000-0000-000000000001'", "NULL"]),
        ("BOOLEAN", ["true", "false", "NULL"]),
    ],
)
def test_different_values_of_a_type_differ_and_the_hash_is_repeatable(connection, kind, values):
    queries = [f"SELECT CAST({value} AS {kind}) AS a" for value in values]
    if kind == "DOUBLE":
        queries[1] = "SELECT 0.1::DOUBLE + 0.2::DOUBLE AS a"
    assert differ(connection, *queries)
    assert [hash_of(connection, query) for query in queries] == [hash_of(connection, query) for query in queries]


def test_an_instant_does_not_depend_on_the_sessions_time_zone(connection):
    query = "SELECT TIMESTAMPTZ '2020-01-01 00:00:00+00' AS a"
    first = hash_of(connection, query)
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    assert first == hash_of(connection, query)
    assert first != hash_of(connection, "SELECT TIMESTAMPTZ '2020-01-01 00:00:00+09' AS a")


def test_threads_and_a_small_memory_do_not_change_the_hash(connection, tmp_path):
    first = hash_of(connection, MANY)
    connection.execute(f"SET temp_directory = '{tmp_path}'; SET threads = 1; SET memory_limit = '40MB'")
    assert content_hash(connection, "t", table_columns(connection, "t")) == first


def test_the_documented_form_is_what_is_hashed(connection):
    connection.execute("CREATE TABLE t (name VARCHAR, amount DECIMAL(38, 6), day DATE)")
    connection.execute("INSERT INTO t VALUES ('Zoë', 1.5, '2020-01-02'), (NULL, NULL, NULL)")
    rows = sorted(sha256(row).hexdigest() for row in ("4:Zoë|1.500000|2020-01-02".encode(), b"N|N|N"))
    header = b'[["name","VARCHAR"],["amount","DECIMAL(38,6)"],["day","DATE"]]'
    expected = sha256(header + "".join(rows).encode()).hexdigest()
    assert content_hash(connection, "t", table_columns(connection, "t")) == expected


@pytest.mark.parametrize("query", ["SELECT [1, 2] AS a", "SELECT {'x': 1} AS a", "SELECT MAP {'x': 1} AS a"])
def test_nested_columns_are_refused(connection, query):
    with pytest.raises(BuildError, match="cannot be published"):
        hash_of(connection, query)


def test_a_missing_table_is_a_typed_error(connection):
    with pytest.raises(BuildError, match="no table"):
        table_columns(connection, "nowhere")


def test_names_that_need_quotes_are_quoted(connection):
    assert differ(connection, 'SELECT 1 AS "a ""b"', "SELECT 1 AS a")
