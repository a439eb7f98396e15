"""Orders exports as shops have them: real ones to the cent, and what is damaged in them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.plugins import Note, Payload, Rejected, Sheet
from kpiterm.sync.sheets import open_sheets
from kpiterm_shopify.import_files import IMPORTERS
from kpiterm_shopify.import_orders import COLUMNS, ORDERS_FILE

if TYPE_CHECKING:
    from shopify_fake import Rows

HEADER = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Currency", "Subtotal",
    "Shipping", "Taxes", "Total", "Discount Amount", "Created at", "Lineitem quantity", "Lineitem name",
    "Lineitem price", "Lineitem sku", "Lineitem requires shipping", "Lineitem fulfillment status", "Billing Name",
    "Notes", "Cancelled at", "Refunded Amount", "Vendor", "Id", "Lineitem discount",
)  # fmt: skip
FIRST = {
    "Name": "#1001", "Email": "buyer@example.com", "Financial Status": "paid", "Fulfillment Status": "unfulfilled",
    "Currency": "USD", "Subtotal": "45.00", "Shipping": "5.00", "Taxes": "3.00", "Total": "53.00",
    "Discount Amount": "4.00", "Created at": "2026-11-01 23:30:00 -0700", "Lineitem quantity": "2",
    "Lineitem name": "Mug", "Lineitem price": "20.00", "Lineitem sku": "MUG", "Lineitem requires shipping": "true",
    "Lineitem fulfillment status": "pending", "Billing Name": "A. Buyer", "Vendor": "Potter", "Id": "5550001",
    "Lineitem discount": "1.00", "Paid at": "2026-11-01 23:30:05 -0700",
}  # fmt: skip
SECOND = {
    "Name": "#1001", "Created at": "2026-11-01 23:30:00 -0700", "Lineitem quantity": "1", "Lineitem name": "Cup",
    "Lineitem price": "10.00", "Lineitem requires shipping": "true", "Lineitem fulfillment status": "pending",
    "Vendor": "Potter", "Lineitem discount": "0.00",
}  # fmt: skip
TIP = {"Name": "#1001", "Created at": "2026-11-01 23:30:00 -0700", "Lineitem quantity": "1", "Lineitem name": "Tip",
       "Lineitem price": "2.50", "Lineitem requires shipping": "false"}  # fmt: skip


def export(path: Path, *lines: dict[str, str], header: tuple[str, ...] = HEADER) -> Sheet:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, header, extrasaction="ignore")
        out.writeheader()
        out.writerows(lines)
    (sheet,) = open_sheets(path)
    return sheet


def items_of(sheet: Sheet) -> tuple[Payload, list[Rejected], list[str]]:
    assert [importer.kind for importer in IMPORTERS if importer.recognise(sheet)] == ["shopify.orders"]
    items = list(ORDERS_FILE.read(sheet))
    (payload,) = [item for item in items if isinstance(item, Payload)]
    rejected = [item for item in items if isinstance(item, Rejected)]
    return payload, rejected, [item.text for item in items if isinstance(item, Note)]


@pytest.fixture
def rows(read: Callable[..., Rows]) -> Callable[[Sheet], Rows]:
    return lambda sheet: read([items_of(sheet)[0]], ORDERS_FILE.shape)


def test_only_the_first_record_has_the_orders_own_values(tmp_path: Path, rows: Callable[[Sheet], Rows]) -> None:
    first, second = rows(export(tmp_path / "f", FIRST, SECOND))
    assert first == {
        "_payload": 1, "order_id": "5550001", "line_key": "MUG#1", "ordered_at": naive("2026-11-02T06:30:00"),
        "updated_at": naive("2026-11-02T06:30:05"), "business_day": date(2026, 11, 1), "status": "open", "sku": "MUG",
        "title": "Mug", "quantity": 2, "item_price": Decimal(40), "discount": Decimal(5), "shipping": Decimal(5),
        "tax": Decimal(3), "currency": "USD", "fulfilment": "merchant",
    }  # fmt: skip
    assert (second["order_id"], second["line_key"], second["sku"]) == ("5550001", "Cup#1", None)
    assert (second["item_price"], second["discount"], second["shipping"], second["tax"]) == (10, 0, 0, 0)
    assert second["currency"] == "USD"


def naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_buyer_and_what_they_wrote_never_leave_the_file(tmp_path: Path) -> None:
    payload, _, _ = items_of(export(tmp_path / "f", FIRST | {"Notes": "ring at\nMrs. Neighbour's\r\n\r\nplease"}))
    assert isinstance(payload.body, Path)
    text = payload.body.read_text()
    assert len(text.splitlines()) == 2
    assert not [word for word in ("buyer@example.com", "A. Buyer", "Neighbour") if word in text]
    payload.body.unlink()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Cancelled at": "2026-11-02 08:00:00 -0700", "Fulfillment Status": "fulfilled"}, "cancelled"),
        ({"Fulfillment Status": "fulfilled"}, "shipped"),
        ({"Lineitem fulfillment status": "fulfilled"}, "shipped"),
        ({"Financial Status": "pending"}, "pending"),
        ({"Financial Status": "refunded"}, "open"),
    ],
)
def test_status(changes: dict[str, str], status: str, tmp_path: Path, rows: Callable[[Sheet], Rows]) -> None:
    (row,) = rows(export(tmp_path / "f", FIRST | changes))
    assert row["status"] == status


def test_tips_are_not_goods(tmp_path: Path, rows: Callable[[Sheet], Rows]) -> None:
    sheet = export(tmp_path / "f", FIRST, TIP, SECOND | {"Lineitem name": "Tip"})
    assert [(row["title"], row["item_price"]) for row in rows(sheet)] == [("Mug", 40), ("Tip", 10)]
    assert items_of(sheet)[2] == ["1 tips, 2.50 in all, are listed like goods and are left out"]


def test_refunds_without_a_date_are_reported_and_not_guessed(tmp_path: Path) -> None:
    _, _, notes = items_of(export(tmp_path / "f", FIRST | {"Refunded Amount": "7.00"}))
    assert notes[0].startswith("1 orders have refunds, 7.00 in all")


def test_offsets_may_change_within_a_file(tmp_path: Path, rows: Callable[[Sheet], Rows]) -> None:
    winter = FIRST | {"Name": "#1002", "Id": "5550002", "Created at": "2026-11-01 23:30:00 -0800"}
    found = rows(export(tmp_path / "f", FIRST, winter))
    assert [row["ordered_at"].hour for row in found] == [6, 7]
    assert {row["business_day"] for row in found} == {date(2026, 11, 1)}


def test_re_saved_dates_are_the_shops_own_time(tmp_path: Path, rows: Callable[[Sheet], Rows]) -> None:
    """The account of these tests is in New York."""
    lines = [FIRST | {"Name": f"#{n}", "Id": "", "Created at": day, "Paid at": ""}
             for n, day in enumerate(("31/10/2026 23:30", "01/11/2026 00:10", "02/11/2026 12:00"))]  # fmt: skip
    found = rows(export(tmp_path / "f", *lines))
    assert [row["business_day"] for row in found] == [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)]
    assert [row["ordered_at"] for row in found] == [
        naive("2026-11-01T03:30:00"), naive("2026-11-01T04:10:00"), naive("2026-11-02T17:00:00"),
    ]  # fmt: skip
    assert [row["order_id"] for row in found] == ["#0", "#1", "#2"]


@given(st.lists(st.dates(date(2015, 1, 1), date(2030, 1, 1)), min_size=1, max_size=6), st.booleans())
def test_days_are_read_right_or_not_at_all(
    tmp_path_factory: pytest.TempPathFactory, days: list[date], month_first: bool
) -> None:
    form = "%m/%d/%Y 12:00" if month_first else "%d/%m/%Y 12:00"
    lines = [FIRST | {"Created at": day.strftime(form), "Paid at": ""} for day in days]
    payload, rejected, _ = items_of(export(tmp_path_factory.mktemp("export") / "f", *lines))
    assert isinstance(payload.body, Path)
    with payload.body.open(newline="") as file:
        read = [date.fromisoformat(row["business_day"]) for row in csv.DictReader(file)]
    payload.body.unlink()
    kept = [day for number, day in enumerate(days, start=1) if number not in {bad.row for bad in rejected}]
    assert read == kept
    assert all("say which comes first" in bad.reason for bad in rejected)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Name", ""), ("Created at", ""), ("Created at", "yesterday"), ("Lineitem quantity", "two"),
        ("Lineitem price", "20.00.1"), ("Lineitem sku", "7.82115E+12"), ("Shipping", "free"),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_read_is_kept_apart_with_its_column(column: str, value: str, tmp_path: Path) -> None:
    other = FIRST | {"Name": "#1002", "Id": "5550002"}
    _, rejected, _ = items_of(export(tmp_path / "f", other, FIRST | {column: value}))
    ((row, reason),) = [(bad.row, bad.reason) for bad in rejected]
    assert row == 2
    assert column.casefold() in reason.casefold()


def test_a_file_without_prices_gives_lines_without_money(tmp_path: Path, rows: Callable[[Sheet], Rows]) -> None:
    header = tuple(name for name in HEADER if name not in ("Lineitem price", "Lineitem discount", "Shipping", "Taxes"))
    sheet = export(tmp_path / "f", FIRST, header=header)
    (row,) = rows(sheet)
    assert (row["item_price"], row["shipping"], row["tax"], row["quantity"]) == (None, None, None, 2)
    assert any("without money" in note for note in items_of(sheet)[2])


def test_a_damaged_id_gives_way_to_the_name(tmp_path: Path, rows: Callable[[Sheet], Rows]) -> None:
    (row,) = rows(export(tmp_path / "f", FIRST | {"Id": "5.55E+12"}))
    assert row["order_id"] == "#1001"


def test_no_column_that_is_read_holds_personal_data() -> None:
    assert not [name for name in COLUMNS for word in ("name", "mail", "phone", "address", "note") if word in name]


REAL = [
    ("shopify_be/orders_export_1.csv", 39, 39, 39, "EUR"),
    ("shopify_ca_shoes/orders_export_1.csv", 3912, 3912, 3087, "CAD"),
    ("shopify_pk/orders_export_1.csv", 115, 115, 114, "PKR"),
    ("shopify_us_b/orders_export_1.csv", 322, 303, 228, "USD"),
    ("shopify_za/orders_export.csv", 101, 101, 50, "ZAR"),
]


@pytest.mark.parametrize(("name", "records", "lines", "orders", "currency"), REAL)
def test_real_exports_to_the_last_line_and_cent(
    name: str, records: int, lines: int, orders: int, currency: str, shared: Path, rows: Callable[[Sheet], Rows]
) -> None:
    (sheet,) = open_sheets(shared / "data" / name)
    found = rows(sheet)
    raw = raw_records(shared / "data" / name)
    kept = [line for line in raw if not (line["Lineitem name"] == "Tip" and not line["Vendor"])]

    assert (len(raw), len(found), items_of(sheet)[1]) == (records, lines, [])
    assert len({row["order_id"] for row in found}) == len({line["Name"] for line in raw}) == orders
    assert len({(row["order_id"], row["line_key"]) for row in found}) == lines
    assert {row["currency"] for row in found} == {currency}
    assert sum(row["quantity"] for row in found) == sum(int(line["Lineitem quantity"]) for line in kept)
    assert Counter(row["sku"] for row in found) == Counter(line["Lineitem sku"].strip() or None for line in kept)
    if "Lineitem price" in raw[0]:
        gross = sum(Decimal(line["Lineitem price"]) * int(line["Lineitem quantity"]) for line in kept)
        assert sum(row["item_price"] for row in found) == gross
        for ours, theirs in (("shipping", "Shipping"), ("tax", "Taxes")):
            assert sum(row[ours] for row in found) == sum(Decimal(line[theirs] or 0) for line in raw)
    assert sum(row["status"] == "cancelled" for row in found) == sum(
        line["Name"] in {other["Name"] for other in raw if other["Cancelled at"]} for line in kept
    )


def raw_records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["shopify_be/orders_export_1.csv", "shopify_us_b/orders_export_1.csv",
                                  "shopify_za/orders_export.csv"])  # fmt: skip
def test_what_goods_cost_less_discounts_is_shopifys_own_subtotal(
    name: str, shared: Path, rows: Callable[[Sheet], Rows]
) -> None:
    (sheet,) = open_sheets(shared / "data" / name)
    ours = sum(row["item_price"] - row["discount"] for row in rows(sheet))
    assert ours == sum(Decimal(line["Subtotal"] or 0) for line in raw_records(shared / "data" / name))


def test_days_of_the_re_saved_export_are_the_shops(shared: Path, rows: Callable[[Sheet], Rows]) -> None:
    (sheet,) = open_sheets(shared / "data/shopify_ca_shoes/orders_export_1.csv")
    days = [row["business_day"] for row in rows(sheet)]
    assert (min(days), max(days)) == (date(2021, 11, 22), date(2023, 12, 31))


def test_overlapping_exports_give_each_order_once_in_its_latest_state(tmp_path: Path) -> None:
    """Through the host's own merge: the older export again, after the newer one, changes nothing."""
    later = {"Fulfillment Status": "fulfilled", "Fulfilled at": "2026-11-03 10:00:00 -0800"}
    other = FIRST | {"Name": "#1002", "Id": "5550002"}
    old = export(tmp_path / "old.csv", FIRST, SECOND)
    new = export(tmp_path / "new.csv", FIRST | later, SECOND, other)
    assert stored(tmp_path, old, new, old, new) == [
        ("5550001", "Cup#1", "shipped"), ("5550001", "MUG#1", "shipped"), ("5550002", "MUG#1", "open"),
    ]  # fmt: skip


def stored(directory: Path, *sheets: Sheet) -> list[tuple[Any, ...]]:
    from kpiterm.plugins import facts
    from kpiterm.plugins.sql import MACROS
    from kpiterm.store.write import Batch, merge
    from kpiterm.sync.normalise import source_sql
    from kpiterm.sync.spool import Spool

    table = facts.TABLES["order_line"]
    with duckdb.connect() as con:
        con.execute(MACROS)
        con.execute(facts.ddl(table))
        con.execute("CREATE TABLE changed_day (fact VARCHAR, day_column VARCHAR, day DATE)")
        con.execute(facts.ddl(table, history=True))
        con.execute("CREATE TEMP TABLE payloads (seq INTEGER, sha256 VARCHAR)")
        for number, sheet in enumerate(sheets):
            batch = Batch(account="a", channel="shopify", source="shopify.orders", run_id=str(number),
                          loaded_at=datetime(2026, 11, 20, number))  # noqa: DTZ001  # fmt: skip
            (into := directory / f"spool{number}").mkdir()
            spool = Spool(into, "s")
            spool.add(items_of(sheet)[0])
            assert ORDERS_FILE.shape
            con.execute("CREATE OR REPLACE TEMP TABLE source AS " + source_sql(spool.close().files, ORDERS_FILE.shape))
            merge(con, ORDERS_FILE.shape.outputs[0], batch)
        return con.execute("SELECT order_id, line_key, status FROM order_line ORDER BY ALL").fetchall()
