"""Stock reports: one reading of a SKU at a place, blanks stay unknown, the day is the report's own where it has one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kpiterm.plugins import Note, Rejected, Row
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.sync.imports import with_given
from kpiterm.sync.sheets import open_sheets
from kpiterm_amazon.import_files import IMPORTERS

IMPORTED = datetime(2026, 11, 20, 18, 0)  # noqa: DTZ001 -- naive UTC, as the store keeps it


def parse(path: Path, *lines: str, day: date | None = None) -> tuple[str, list[Any], list[str], list[str]]:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sheet = with_given(open_sheets(path)[0], IMPORTED, (day, day) if day else None, None)
    (importer,) = [i for i in IMPORTERS if i.recognise(sheet)]
    items = list(importer.read(sheet))
    rows = [item.values for item in items if isinstance(item, Row)]
    notes = [item.text for item in items if isinstance(item, Note)]
    return importer.kind, rows, notes, [item.reason for item in items if isinstance(item, Rejected)]


AFN = "seller-sku\tfulfillment-channel-sku\tasin\tcondition-type\tWarehouse-Condition-code\tQuantity Available"
MYI = (
    "sku\tfnsku\tasin\tproduct-name\tmfn-listing-exists\tmfn-fulfillable-quantity\tafn-fulfillable-quantity\t"
    "afn-unsellable-quantity\tafn-reserved-quantity\tafn-total-quantity\tafn-inbound-working-quantity\t"
    "afn-inbound-shipped-quantity\tafn-inbound-receiving-quantity"
)
COUNTS = ("available", "inbound", "reserved", "unfulfillable")


def counts(row: Any) -> tuple[int | None, ...]:
    return tuple(row[name] for name in COUNTS)


def test_conditions_of_one_sku_are_one_reading(tmp_path: Path) -> None:
    lines = (
        "A\tX1\tB0A\tNewItem\tSELLABLE\t1,138",
        "A\tX1\tB0A\tNewItem\tUNSELLABLE\t2",
        "A\tX2\tB0A\tUsed\tSELLABLE\t4",
    )
    kind, (row,), notes, refused = parse(tmp_path / "f", AFN, *lines)
    assert (kind, refused) == ("amazon.afn_inventory", [])
    assert (counts(row), row["location"], row["taken_at"]) == (
        (1142, None, None, 2),
        "FBA",
        IMPORTED.replace(tzinfo=UTC),
    )
    assert "counts as taken when the file was first imported" in notes[1]


def test_the_day_that_the_owner_names_is_that_of_the_stock(tmp_path: Path) -> None:
    _, (row,), notes, _ = parse(tmp_path / "f", AFN, "A\tX1\tB0A\tNew\tSELLABLE\t1", day=date(2026, 10, 29))
    assert row["taken_at"] == datetime(2026, 10, 29, 7, tzinfo=UTC)
    assert not any("first imported" in note for note in notes)


def test_the_sellers_own_stock_stands_beside_that_of_amazon(tmp_path: Path) -> None:
    kind, rows, _, _ = parse(
        tmp_path / "f",
        MYI,
        "A\tX\tB0A\tMat\tYes\t7\t3\t1\t2\t9\t1\t1\t1",
        "B\tX\tB0B\tMat\tYes\tInfinite\t0\t\t\t0\t\t\t",
    )
    assert kind == "amazon.myi_inventory"
    assert [(row["sku"], row["location"], *counts(row)) for row in rows] == [
        ("A", "FBA", 3, 3, 2, 1), ("A", "merchant", 7, None, None, None), ("B", "FBA", 0, None, None, None),
    ]  # fmt: skip


def test_restock_rows_belong_to_their_country_and_planning_to_its_day(tmp_path: Path) -> None:
    header = ("Country", "Product Name", "Merchant SKU", "ASIN", "Currency code", "Inbound", "Available", "FC transfer",
              "FC Processing", "Customer Order", "Unfulfillable", "Recommended replenishment qty")  # fmt: skip
    _, (row,), _, _ = parse(tmp_path / "r", "\t".join(header), "CA\tMat\tA\tB0A\tCAD\t5\t10\t1\t2\t3\t4\t50")
    assert (row["channel"], counts(row)) == ("amazon.ca", (10, 5, 6, 4))

    planning = ("snapshot-date", "sku", "asin", "product-name", "available", "inv-age-0-to-90-days", "currency",
              "inbound-quantity", "Total Reserved Quantity", "unfulfillable-quantity")  # fmt: skip
    _, (row,), notes, _ = parse(tmp_path / "p", "\t".join(planning), "2026-11-01\tA\tB0A\tMat\t10\t8\tJPY\t1\t2\t3")
    assert (row["channel"], row["taken_at"]) == ("amazon.co.jp", datetime(2026, 10, 31, 15, tzinfo=UTC))
    assert (counts(row), notes) == ((10, 1, 2, 3), [])


def test_a_blank_quantity_is_left_out_and_told(tmp_path: Path) -> None:
    kind, rows, notes, _ = parse(tmp_path / "f", "sku\tquantity", "A\t", "B\t0", "C\t3")
    assert (kind, [(row["sku"], row["available"]) for row in rows]) == (
        "amazon.merchant_inventory",
        [("B", 0), ("C", 3)],
    )
    assert notes[0].startswith("1 lines give no quantity")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("\t\tB0A\tNew\tSELLABLE\t1", "SKU is blank"), ("7.8E+12\t\tB\tN\tSELLABLE\t1", "cut"),
        ("A\t\tB\tN\tSELLABLE\t< 5", "quantity"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_kept_apart(tmp_path: Path, line: str, word: str) -> None:
    _, rows, _, refused = parse(tmp_path / "f", AFN, line, "B\tX\tB0B\tNew\tSELLABLE\t1")
    assert (len(rows), word in refused[0]) == (1, True)


def test_a_list_with_other_columns_is_not_the_inventory_report(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("sku,quantity,warehouse\nA,1,Berlin\n")
    assert not any(i.recognise(s) for s in open_sheets(tmp_path / "f") for i in IMPORTERS)


def test_the_account_says_which_marketplace_an_undated_report_is_of(tmp_path: Path) -> None:
    (tmp_path / "f").write_text(f"{AFN}\nA\tX\tB0A\tNew\tSELLABLE\t1\n")
    sheet = with_given(open_sheets(tmp_path / "f")[0], IMPORTED, None, MARKETPLACES["amazon.de"])
    (importer,) = [i for i in IMPORTERS if i.recognise(sheet)]
    (row,) = [item.values for item in importer.read(sheet) if isinstance(item, Row)]
    assert row["channel"] == "amazon.de"
