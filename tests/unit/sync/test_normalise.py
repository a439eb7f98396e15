"""From bodies to canonical rows: what is declared is stored, what does not fit is refused whole."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.paths import Paths
from kpiterm.plugins import DataError, Output, Payload, Row, Shape
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.store.engine import Writer
from kpiterm.store.write import Batch
from kpiterm.sync.normalise import load
from kpiterm.sync.spool import Spool

if TYPE_CHECKING:
    from tests.unit.sync.conftest import Desk

LINES = "SELECT order_id, quantity, item_price, currency FROM order_line ORDER BY order_id"
JSON = Shape(
    columns={"order_id": "VARCHAR", "quantity": "BIGINT", "price": "DECIMAL(18,4)", "_currency": "VARCHAR"},
    outputs=(
        Output(
            into="order_line",
            select="SELECT _payload, order_id, quantity, price AS item_price, _currency AS currency FROM source",
            replaces=("order_id",),
        ),
    ),
)
FLAT = Shape(
    columns={"order-id": "VARCHAR", "quantity": "BIGINT", "price": "DECIMAL(18,4)"},
    required=("order-id", "price"),
    outputs=(
        Output(
            into="order_line",
            select='SELECT _payload, "order-id" AS order_id, quantity, price AS item_price FROM source',
            replaces=("order_id",),
        ),
    ),
)


def stored(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of November 2026 as the store holds it: UTC, without a zone."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


def payload(body: bytes, kind: Any = "json", **values: Any) -> Payload:
    return Payload(body=body, format=kind, **({"request": "GET /orders", "extra": {"_currency": "USD"}} | values))


def test_records_become_rows_of_the_account(desk: Desk) -> None:
    body = b'[{"order_id": "A", "quantity": 2, "price": "19.99"}, {"order_id": "B", "price": 5}]'
    loaded = desk.load(JSON, payload(body))
    assert desk.rows(LINES) == [("A", 2, Decimal("19.9900"), "USD"), ("B", None, Decimal("5.0000"), "USD")]
    assert (loaded.rows, loaded.superseded) == (2, 0)
    assert loaded.tables["order_line"].added == 2
    digest = hashlib.sha256(body).hexdigest()
    assert desk.rows("SELECT DISTINCT account, channel, source, run_id, loaded_at, payload FROM order_line") == [
        ("us", "amazon.com", "acme.orders", "run-1", stored(2), digest)
    ]


def test_a_flat_file_is_read_by_its_header_whatever_the_order(desk: Desk) -> None:
    desk.load(FLAT, payload(b'" Price "\tbuyer-email\tORDER-ID\n5.00\tjane@example.com\tA\n\t\tB\n', "tsv"))
    assert desk.rows(LINES) == [("A", None, Decimal("5.0000"), None), ("B", None, None, None)]


@pytest.mark.parametrize("shape", [JSON, FLAT], ids=["json", "tsv"])
def test_what_is_not_declared_reaches_no_table_and_no_file(tmp_path: Path, shape: Shape) -> None:
    record = b'[{"order_id": "ORDER-1", "price": "1", "buyer-email": "jane@example.com"}]'
    line = b"order-id\tprice\tbuyer-email\nORDER-1\t1\tjane@example.com\n"
    paths, spool = Paths(tmp_path / "home"), Spool(tmp_path, "w")
    spool.add(payload(record) if shape is JSON else payload(line, "tsv", extra={}))
    manifest = spool.close()
    batch = Batch(account="us", channel="amazon.com", source="s", run_id="r", loaded_at=stored(2))
    with Writer(paths) as writer:
        with writer.transaction() as con:
            load(con, manifest, shape, batch, MARKETPLACES["amazon.com"])
        for file in manifest.files:
            Path(file.path).unlink()
        writer.publish()
        found = {p.name: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
        assert {name for name, body in found.items() if b"ORDER-1" in body} == {"work.duckdb", "snap-1.duckdb"}
        assert [name for name, body in found.items() if b"jane@" in body] == []
        assert writer.con.execute("SELECT count(*) FROM order_line").fetchall() == [(1,)]


def test_a_missing_column_is_named(desk: Desk) -> None:
    with pytest.raises(DataError, match="no column 'price'; it has order-id, buyer") as caught:
        desk.load(FLAT, payload(b"order-id\tbuyer\nA\tJane\n", "tsv", extra={}))
    assert "upgrade the connector" in caught.value.hint
    assert "Jane" not in caught.value.message
    assert caught.value.exit_code == 5


def test_an_optional_column_may_be_missing(desk: Desk) -> None:
    desk.load(FLAT, payload(b"order-id\tprice\nA\t1\n", "tsv", extra={}))
    assert desk.rows(LINES) == [("A", None, Decimal("1.0000"), None)]


@pytest.mark.parametrize("kind", ["tsv", "csv"])
@pytest.mark.parametrize("body", [b"", b"\xef\xbb\xbf", b"\n\n"])
def test_a_document_without_a_header_is_no_empty_report(desk: Desk, kind: str, body: bytes) -> None:
    with pytest.raises(DataError, match="does not begin with a header"):
        desk.load(FLAT, payload(body, kind, extra={}))


@pytest.mark.parametrize(
    ("shape", "body", "kind", "told"),
    [
        (JSON, b'[{"order_id": "A", "quantity": "many", "buyer": "Jane"}]', "json", "many"),
        (JSON, b'[{"order_id": "A", "quantity": {"buyer": "Jane"}, "price": "1"}]', "json", "line 1"),
        (JSON, b'[{"order_id": "A", "quantity": ["Jane"], "price": "1"}]', "json", "line 1"),
        (JSON, b'[{"order_id": "A", "price": "12,50 EUR", "buyer": "Jane"}]', "json", "12,50"),
        (JSON, b'[{"order_id": "A", "price": 123456789012345678, "buyer": "Jane"}]', "json", "decimal"),
        (JSON, b'[{"order_id": "\xff", "buyer": "Jane"}]', "json", "UTF-8|unicode"),
        (FLAT, b"order-id\tquantity\tprice\tbuyer\nA\tmany\t1\tJane\n", "tsv", "many"),
        (FLAT, b"order-id,price,buyer\nA,1,Jane\nB,1\n", "csv", "Line: 3"),
        (FLAT, b'order-id,price,buyer\nA,1,Jane\n"B,1,Jane\nC,1,Jane\n', "csv", "Line: 3"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_without_the_customers_data(
    desk: Desk, shape: Shape, body: bytes, kind: str, told: str
) -> None:
    desk.load(JSON, payload(b'[{"order_id": "before", "price": "1"}]'))
    with pytest.raises(DataError, match=told) as caught:
        desk.load(shape, payload(body, kind, extra={} if shape is FLAT else {"_currency": "USD"}))
    assert "acme.orders" in caught.value.message
    assert "nothing of this window was stored" in caught.value.hint
    assert "Jane" not in caught.value.message + caught.value.hint
    assert str(desk.directory) not in caught.value.message
    assert len(caught.value.message) < 400
    assert [row[0] for row in desk.rows(LINES)] == ["before"]
    assert desk.rows("SELECT count(*) FROM payload") == [(1,)]


@pytest.mark.parametrize("cell", ["Jane", "花子"])
@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_a_line_out_of_all_bounds_is_told_and_ends_no_sync(desk: Desk, cell: str, kind: str) -> None:
    """DuckDB quotes the line, cut to a number of bytes, which may end within a letter."""
    body = f"order-id,price,buyer\nA,1,{cell * (1 << 20)}\n".replace(",", "\t" if kind == "tsv" else ",")
    with pytest.raises(DataError, match=r"CSV Error on Line: 2|too long") as caught:
        desk.load(FLAT, payload(body.encode(), kind, extra={}))
    assert cell not in caught.value.message


@pytest.mark.parametrize("select", ["SELECT no FROM source", "SELECT no() FROM source", "FROM no", "SELEC id"])
def test_a_broken_select_of_a_connector_is_its_fault_and_not_a_crash(desk: Desk, select: str) -> None:
    broken = Shape(columns={"id": "VARCHAR"}, outputs=(Output(into="listing", select=select, replaces=("sku",)),))
    with pytest.raises(DataError, match=r"acme\.orders: .* (no|SELEC)"):
        desk.load(broken, payload(b'[{"id": "A"}]', extra={}))


def test_lineage_tells_what_was_asked_how_much_came_and_how_many_rows(desk: Desk) -> None:
    first, second = b'[{"order_id": "A"}, {"order_id": "B"}]', b'[{"order_id": "C"}]'
    desk.load(JSON, payload(first, request="GET /orders?page=1"), payload(second, request="GET /orders?page=2"))
    sql = (
        "SELECT sha256, account, stream, kind, path_or_request, rows, bytes, run_id, loaded_at FROM payload ORDER BY 5"
    )
    shared = ("run-1", stored(2))
    assert desk.rows(sql) == [
        (
            hashlib.sha256(body).hexdigest(),
            "us",
            "acme.orders",
            "json",
            f"GET /orders?page={n}",
            rows,
            len(body),
            *shared,
        )
        for n, (body, rows) in enumerate(((first, 2), (second, 1)), 1)
    ]


def test_a_body_that_is_read_twice_is_listed_once(desk: Desk) -> None:
    """In one window or in two; another account's own reading of it counts for itself."""
    empty = payload(b"[]")
    desk.load(JSON, empty, empty)
    desk.load(JSON, empty)
    assert desk.rows("SELECT count(*) FROM payload") == [(1,)]
    desk.load(JSON, empty, account="jp")
    assert desk.rows("SELECT count(*) FROM payload") == [(2,)]


def test_a_row_that_two_pages_hold_is_stored_once_as_the_later_page_has_it(desk: Desk) -> None:
    pages = (payload(b'[{"order_id": "A", "quantity": %d}]' % n) for n in (1, 2))
    assert desk.load(JSON, *pages).rows == 2
    assert [row[:2] for row in desk.rows(LINES)] == [("A", 2)]


def test_files_of_several_formats_make_one_source(desk: Desk) -> None:
    array = desk.directory / "orders.json"
    array.write_bytes(b'[{"order_id": "C"}]')
    lines = payload(b'{"order_id": "A"}', "ndjson"), payload(b"ORDER_ID,price\nB,2\n", "csv")
    whole = Payload(body=array, format="json", request="GET /document", extra={"_currency": "USD"})
    assert desk.load(JSON, *lines, whole).rows == 3
    assert [(row[0], row[3]) for row in desk.rows(LINES)] == [("A", "USD"), ("B", "USD"), ("C", "USD")]


def test_a_window_in_which_nothing_happened_is_loaded_too(desk: Desk) -> None:
    assert desk.load(JSON).rows == 0
    assert desk.load(JSON, payload(b"[]")).rows == 0
    assert desk.load(FLAT, payload(b"order-id\tprice\n", "tsv", extra={})).rows == 0
    assert desk.load(None).tables == {}


def test_rows_without_a_shape_replace_those_of_the_same_identity(desk: Desk) -> None:
    listing = {"sku": "a", "title": "Lamp", "price": Decimal("9.99")}
    desk.load(None, payload(b"{}"), Row("listing", listing), Row("listing", listing | {"sku": "b"}), lineage_only=True)
    again = desk.load(None, payload(b"{ }"), Row("listing", listing | {"price": Decimal(8)}), lineage_only=True)
    assert (again.rows, again.superseded) == (1, 1)
    assert desk.rows("SELECT sku, price FROM listing ORDER BY sku") == [("a", 8), ("b", Decimal("9.99"))]
    assert desk.rows("SELECT rows FROM payload ORDER BY bytes") == [(2,), (1,)]
    assert desk.rows("SELECT count(*) FROM listing WHERE payload IS NULL") == [(0,)]


def test_rows_need_no_payload(desk: Desk) -> None:
    desk.load(None, Row("listing", {"sku": "a"}))
    assert desk.rows("SELECT sku, payload FROM listing") == [("a", None)]


def test_a_row_of_the_wrong_type_is_refused(desk: Desk) -> None:
    with pytest.raises(DataError, match="ten dollars"):
        desk.load(None, Row("fee", {"day": date(2026, 11, 1), "amount": "ten dollars"}))
    assert desk.rows("SELECT count(*) FROM fee") == [(0,)]


def test_the_select_knows_the_accounts_place(desk: Desk) -> None:
    select = (
        "SELECT order_id, getvariable('currency') AS currency, getvariable('account') AS title, "
        "business_day(utc('2026-11-01T05:30:00Z'), getvariable('channel')) AS business_day FROM source"
    )
    shape = Shape(
        columns={"order_id": "VARCHAR"}, outputs=(Output(into="order_line", select=select, replaces=("order_id",)),)
    )
    desk.load(shape, payload(b'[{"order_id": "A"}]', extra={}), account="o'brien")
    assert desk.rows("SELECT account, title, currency, business_day FROM order_line") == [
        ("o'brien", "o'brien", "USD", date(2026, 10, 31))
    ]
