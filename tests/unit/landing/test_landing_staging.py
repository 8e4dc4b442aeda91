"""Files become text columns with the right line numbers, whatever is in them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.landing import load_contracts, staging
from orchestration.landing.contract import Contract
from orchestration.landing.staging import Refused, Trailer, originals, stage
from tests.unit.landing.deliveries import MERCHANT, csv_text, jsonl_text

CONTRACTS = load_contracts()
MERCHANTS = CONTRACTS["merchants"]
PRICES = CONTRACTS["equity_prices"]
TRADES = CONTRACTS["trades"]


def shop(format_: dict[str, Any], *columns: dict[str, Any], **keys: Any) -> Contract:
    return Contract.model_validate(
        {
            "feed": "shop",
            "system": "shops",
            "description": "x",
            "owner": "x",
            "format": format_,
            "file_pattern": "shop_*",
            "late_after": {"business_days": 0, "time": "05:00", "timezone": "UTC"},
            "key": [columns[0]["name"]],
            "columns": [
                {"type": "string", "required": position == 0} | column for position, column in enumerate(columns)
            ],
        }
        | keys
    )


@pytest.fixture
def staged(tmp_path: Path) -> Any:
    """Stage a file's content and return its rows: line, fault and fields."""

    def read(contract: Contract, content: str | bytes, name: str = "file") -> list[tuple[Any, ...]]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        read.path, read.trailer = path, stage(connection, path, contract)  # type: ignore[attr-defined]
        return connection.execute("from landing_staged order by _line").fetchall()

    with duckdb.connect() as connection:
        read.connection = connection  # type: ignore[attr-defined]
        yield read


class TestCsv:
    PLAIN = shop({"type": "csv"}, {"name": "a"}, {"name": "b"}, {"name": "n", "type": "decimal(9,2)"})
    WITH_TRAILER = shop({"type": "csv", "trailer": {"marker": "END"}}, {"name": "a"}, {"name": "b"})

    def test_lines_are_numbered_as_an_editor_shows_them(self, staged: Any) -> None:
        assert staged(self.PLAIN, "a,b,n\nx,y,1\n\n\nz,w,2\n") == [(2, None, "x", "y", "1"), (5, None, "z", "w", "2")]

    def test_quoted_fields_keep_delimiters_and_quotes(self, staged: Any) -> None:
        rows = staged(self.PLAIN, 'a,b,n\n"x, y","say ""so""",1\n,"",2\n"""","a""",3\n')
        assert rows == [(2, None, "x, y", 'say "so"', "1"), (3, None, None, None, "2"), (4, None, '"', 'a"', "3")]

    def test_a_field_of_one_quote_and_a_delimiter_alone(self, staged: Any) -> None:
        assert staged(self.PLAIN, 'a,b,n\n"""",",",1\n') == [(2, None, '"', ",", "1")]

    @pytest.mark.parametrize("line", ["x,y", "x,y,1,2", '"x,y,1', 'x"y,z,1', '"x"y,z,1', '"x","y","1",'])
    def test_a_line_that_cannot_be_taken_apart_is_malformed_alone(self, staged: Any, line: str) -> None:
        rows = staged(self.PLAIN, f"a,b,n\ngood,y,1\n{line}\nalso good,y,2\n")
        assert rows == [
            (2, None, "good", "y", "1"),
            (3, "malformed", None, None, None),
            (4, None, "also good", "y", "2"),
        ]

    def test_blank_fields_are_null_and_numbers_are_trimmed(self, staged: Any) -> None:
        assert staged(self.PLAIN, "a,b,n\n x , , 1 \n") == [(2, None, " x ", None, "1")]

    def test_columns_may_stand_in_any_order(self, staged: Any) -> None:
        rows = staged(self.PLAIN, "n,a,b\n1,x,y\n")
        assert staged.connection.execute("select _line, a, b, n from landing_staged").fetchall() == [(2, "x", "y", "1")]
        assert len(rows) == 1

    def test_windows_line_ends_and_a_byte_order_mark(self, staged: Any) -> None:
        assert staged(self.PLAIN, b"\xef\xbb\xbfa,b,n\r\nx,y,1\r\n") == [(2, None, "x", "y", "1")]

    def test_a_last_line_without_its_end_is_read(self, staged: Any) -> None:
        assert staged(self.PLAIN, "a,b,n\nx,y,1") == [(2, None, "x", "y", "1")]

    def test_bytes_that_are_not_utf8_spoil_their_line_only(self, staged: Any) -> None:
        rows = staged(self.PLAIN, b"a,b,n\nx,caf\xe9,1\nx,caf\xc3\xa9,2\n")
        assert rows == [(2, "malformed", None, None, None), (3, None, "x", "café", "2")]

    def test_another_delimiter_and_another_header(self, staged: Any) -> None:
        contract = shop({"type": "csv", "delimiter": "|"}, {"name": "a", "path": "Shop No."}, {"name": "b"})
        assert staged(contract, 'Shop No.|b\n1,2|"x|y"\n') == [(2, None, "1,2", "x|y")]

    def test_the_trailer_is_not_a_row(self, staged: Any) -> None:
        assert staged(self.WITH_TRAILER, "a,b\nx,y\nEND,1\n\n") == [(2, None, "x", "y")]
        assert staged.trailer == Trailer(1, None)

    def test_a_trailer_in_the_middle_is_a_broken_line(self, staged: Any) -> None:
        rows = staged(self.WITH_TRAILER, "a,b\nx,y\nEND\nEND,1\n")
        assert [(line, fault) for line, fault, *_ in rows] == [(2, None), (3, "malformed")]

    def test_the_control_sum_is_exact(self, staged: Any) -> None:
        contract = shop(
            {"type": "csv", "trailer": {"marker": "END"}},
            {"name": "a"},
            {"name": "n", "type": "decimal(18,2)"},
            control_sum="n",
        )
        staged(contract, "a,n\nx,0.10\nEND,1,0.10\n")
        assert staged.trailer == Trailer(1, Decimal("0.10"))

    @pytest.mark.parametrize(
        ("content", "rule"),
        [
            ("\n", "missing_column"),
            ("a,b\nx,y\n", "trailer_missing"),
            ("a,b\nx,y\nENDING,1\n", "trailer_missing"),
            ("a,b\n", "trailer_missing"),
            ("a,b\nx,y\nEND\n", "trailer_count"),
            ("a,b\nx,y\nEND,one\n", "trailer_count"),
            ("a,b\nx,y\nEND,-1\n", "trailer_count"),
            ("a\nx\nEND,1\n", "missing_column"),
            ("x,y\nx,y\nEND,1\n", "missing_column"),
            ("a,b,c\nx,y,z\nEND,1\n", "unexpected_column"),
            ("a,b,b\nx,y,z\nEND,1\n", "unexpected_column"),
            (b"\xff\xfea\x00,\x00b\x00\n\x00", "unreadable"),
            (b"\x89PNG\r\n\x1a\n", "unreadable"),
            ('"a,b\nx,y\nEND,1\n', "unreadable"),
        ],
    )
    def test_a_file_at_fault_as_a_whole_is_refused(self, staged: Any, content: str | bytes, rule: str) -> None:
        with pytest.raises(Refused) as refused:
            staged(self.WITH_TRAILER, content)
        assert refused.value.rule == rule

    @pytest.mark.parametrize("claim", ["END,1", "END,1,", "END,1,ten", "END,1,nan", "END,1,Infinity"])
    def test_a_control_sum_that_says_nothing_is_refused(self, staged: Any, claim: str) -> None:
        contract = shop(
            {"type": "csv", "trailer": {"marker": "END"}},
            {"name": "a"},
            {"name": "n", "type": "decimal(18,2)"},
            control_sum="n",
        )
        with pytest.raises(Refused) as refused:
            staged(contract, f"a,n\nx,1\n{claim}\n")
        assert refused.value.rule == "trailer_sum"

    def test_what_stands_in_place_of_a_header_is_not_quoted(self, staged: Any) -> None:
        with pytest.raises(Refused) as refused:
            staged(self.WITH_TRAILER, "Jane Canary,123-45-6789\nEND,0\n")
        assert refused.value.reason == "It names no column of shop: does it start with a header?"

    def test_a_line_too_long_to_be_one_is_refused(self, staged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(staging, "BLOCK_BYTES", 400)
        monkeypatch.setattr(staging, "LONGEST_LINE_BYTES", 100)
        with pytest.raises(Refused, match="a line of over 100 bytes"):
            staged(self.PLAIN, "a,b,n\n" + "x" * 1000 + ",y,1\n")

    @pytest.mark.parametrize("block", [64, 100, 1000])
    def test_blocks_do_not_show(self, staged: Any, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
        monkeypatch.setattr(staging, "BLOCK_BYTES", block)
        monkeypatch.setattr(staging, "LONGEST_LINE_BYTES", 60)
        lines = [f"row {number},\u00e9\u4e2d{number % 7},{number}" for number in range(300)]
        assert staged(self.PLAIN, "a,b,n\n" + "\n".join(lines) + "\n") == [
            (number + 2, None, f"row {number}", f"\u00e9\u4e2d{number % 7}", str(number)) for number in range(300)
        ]

    def test_line_numbers_hold_in_a_file_read_in_parallel(self, staged: Any, tmp_path: Path) -> None:
        """Over 64 MB, with broken, blank and quoted lines: the field tells which line it was written on."""
        count = 1_400_000
        path = tmp_path / "big"
        with duckdb.connect() as writer:
            writer.execute(
                f"""
                copy (
                    select case
                        when n % 99_991 = 0 then 'broken line ' || n
                        when n % 77_773 = 0 then ''
                        when n % 1_009 = 0
                            then replace('~line, ~~' || n || '~~~,~' || repeat('y', 20) || '~,' || n, '~', chr(34))
                        else 'line ' || n || ',' || repeat('y', 30) || ',' || n
                    end
                    from (values (1)) as one, lateral (select unnest(range(2, {count + 2})) as n)
                    order by n
                ) to '{path}' (header false, quote '', delimiter '\x01')
                """
            )
        path.write_bytes(b"a,b,n\n" + path.read_bytes())
        assert path.stat().st_size > 64_000_000
        connection = staged.connection
        connection.execute("set threads = 4")
        stage(connection, path, self.PLAIN)
        numbers = np.arange(2, count + 2)
        expected = (numbers % 77_773 != 0) | (numbers % 99_991 == 0)
        right, wrong, malformed = connection.execute(
            """
            select
                count(*) filter (_fault is null and n::bigint = _line),
                count(*) filter (_fault is null and n::bigint <> _line),
                list(_line order by _line) filter (_fault is not null)
            from landing_staged
            """
        ).fetchall()[0]
        broken = numbers[numbers % 99_991 == 0]
        assert malformed == broken.tolist()
        assert (right, wrong) == (expected.sum() - len(broken), 0)
        found = originals(connection, path, self.PLAIN, "select _line from landing_staged where _fault is not null")
        assert sorted(found["original"].to_pylist()) == sorted(f"broken line {line}" for line in broken)


class TestJsonLines:
    SHOP = shop(
        {"type": "jsonl"},
        {"name": "a"},
        {"name": "n", "type": "decimal(18,4)"},
        {"name": "end", "path": "term.end", "type": "date"},
    )

    def test_fields_are_found_by_name_and_path(self, staged: Any) -> None:
        rows = staged(self.SHOP, '{"a":"x","n":1.5,"term":{"end":"2022-12-28"}}\n\n{"n":null,"a":" "}\n')
        assert rows == [(1, None, "x", "1.5", "2022-12-28"), (3, None, None, None, None)]

    @pytest.mark.parametrize(
        ("line", "fault"),
        [
            ("nonsense", "malformed"),
            ('{"a":"x"', "malformed"),
            ('["a"]', "malformed"),
            ('"a"', "malformed"),
            ('{"a":"x","a":"y"}', "malformed"),
            ('{"a":"x","term":{"end":"2022-01-01","end":"2023-01-01"}}', "malformed"),
            ('{"a":"x","b":"y"}', "unexpected_field"),
            ('{"a":"x","term":{"start":"2022-12-28"}}', "unexpected_field"),
            ('{"a":"x","n":12345678901234.5678}', "imprecise_number"),
            ('{"a":"x","n":"12345678901234.5678"}', None),
            ('{"a":"x","n":1234567890.1234}', None),
            ('{"a":"x: 1234567890123456789","n":1}', None),
        ],
    )
    def test_a_broken_line_is_a_fault_of_its_own(self, staged: Any, line: str, fault: str | None) -> None:
        rows = staged(self.SHOP, '{"a":"good"}\n' + line + '\n{"a":"good"}\n')
        assert [(number, found) for number, found, *_ in rows] == [(1, None), (2, fault), (3, None)]

    def test_bytes_that_are_not_utf8_spoil_their_line_only(self, staged: Any) -> None:
        rows = staged(self.SHOP, b'{"a":"caf\xe9"}\n{"a":"x"}\n')
        assert [(number, found) for number, found, *_ in rows] == [(1, "malformed"), (2, None)]

    def test_a_file_that_is_cut_short_is_refused(self, staged: Any) -> None:
        with pytest.raises(Refused, match="cut short"):
            staged(self.SHOP, '{"a":"x"}\n{"a":"y"')

    def test_a_last_line_without_its_end_is_read_when_it_is_whole(self, staged: Any) -> None:
        assert len(staged(self.SHOP, '{"a":"x"}\n{"a":"y"}')) == 2

    def test_the_installed_trades_contract_reads_its_nested_fields(self, staged: Any) -> None:
        staged(
            TRADES,
            jsonl_text([{"trade_id": "T1", "contract": {"base_currency": "EUR", "maturity_date": "2023-01-01"}}]),
        )
        found = staged.connection.execute(
            "select trade_id, contract_base_currency, contract_maturity_date, _fault from landing_staged"
        ).fetchall()
        assert found == [("T1", "EUR", "2023-01-01", None)]


class TestParquet:
    ROWS = pa.table(
        {
            "price_date": pa.array([date(2022, 12, 27), date(2022, 12, 28)]),
            "ticker": ["AAPL", ""],
            "close_price": pa.array([Decimal("130.030000"), None], pa.decimal128(18, 6)),
            "currency": ["USD", "USD"],
        }
    )

    def write(self, path: Path, table: pa.Table) -> Path:
        pq.write_table(table, path)
        return path

    def test_rows_are_numbered_from_one(self, staged: Any, tmp_path: Path) -> None:
        stage(staged.connection, self.write(tmp_path / "p.parquet", self.ROWS), PRICES)
        assert staged.connection.execute("from landing_staged order by _line").fetchall() == [
            (1, None, "2022-12-27", "AAPL", "130.030000", "USD"),
            (2, None, "2022-12-28", None, None, "USD"),
        ]

    def test_a_name_with_wildcards_is_that_file_and_no_other(self, staged: Any, tmp_path: Path) -> None:
        self.write(tmp_path / "p_1.parquet", self.ROWS.slice(0, 0))
        stage(staged.connection, self.write(tmp_path / "p_[1]*?.parquet", self.ROWS), PRICES)
        assert staged.connection.execute("select count(*) from landing_staged").fetchall() == [(2,)]

    def test_a_folder_that_looks_like_a_partition_adds_no_column(self, staged: Any, tmp_path: Path) -> None:
        (tmp_path / "currency=EUR").mkdir()
        stage(staged.connection, self.write(tmp_path / "currency=EUR/p.parquet", self.ROWS), PRICES)
        assert staged.connection.execute("select distinct currency from landing_staged").fetchall() == [("USD",)]

    def test_times_with_a_zone_become_utc(self, staged: Any, tmp_path: Path) -> None:
        contract = shop({"type": "parquet"}, {"name": "a"}, {"name": "t", "type": "timestamp"})
        moment = datetime(2022, 12, 28, 14, tzinfo=UTC)
        table = pa.table({"a": ["x"], "t": pa.array([moment], pa.timestamp("us", "America/New_York"))})
        staged.connection.execute("set TimeZone = 'Asia/Tokyo'")
        stage(staged.connection, self.write(tmp_path / "p.parquet", table), contract)
        assert staged.connection.execute("select t from landing_staged").fetchall() == [("2022-12-28 14:00:00",)]

    @pytest.mark.parametrize(
        ("columns", "rule"),
        [
            (["price_date", "ticker", "close_price"], "missing_column"),
            (["price_date", "ticker", "close_price", "currency", "volume"], "unexpected_column"),
        ],
    )
    def test_other_columns_are_refused(self, staged: Any, tmp_path: Path, columns: list[str], rule: str) -> None:
        table = self.ROWS.append_column("volume", pa.array([1, 2])).select(columns)
        with pytest.raises(Refused) as refused:
            stage(staged.connection, self.write(tmp_path / "p.parquet", table), PRICES)
        assert refused.value.rule == rule

    @pytest.mark.parametrize(
        "spoil", [lambda data: data[:-20], lambda data: b"PAR1" + data[50:], lambda data: b"text\n"]
    )
    def test_a_damaged_file_is_refused(self, staged: Any, tmp_path: Path, spoil: Any) -> None:
        path = self.write(tmp_path / "p.parquet", self.ROWS)
        path.write_bytes(spoil(path.read_bytes()))
        with pytest.raises(Refused) as refused:
            stage(staged.connection, path, PRICES)
        assert refused.value.rule == "unreadable"

    def test_the_original_of_a_row_is_its_json(self, staged: Any, tmp_path: Path) -> None:
        path = self.write(tmp_path / "p.parquet", self.ROWS)
        stage(staged.connection, path, PRICES)
        found = originals(staged.connection, path, PRICES, "select 1")
        assert found["_line"].to_pylist() == [1]
        assert '"ticker":"AAPL"' in found["original"].to_pylist()[0]


def test_a_merchants_file_is_read_whole(staged: Any) -> None:
    rows = staged(MERCHANTS, csv_text([MERCHANT, MERCHANT | {"merchant_name": 'Smith, "Sons"'}]))
    assert [row[3] for row in rows] == ["Corner Shop", 'Smith, "Sons"']
