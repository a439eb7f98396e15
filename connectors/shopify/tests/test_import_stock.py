"""Inventory exports in both layouts, and products exports."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.plugins import Note, Payload, Rejected, Row, Sheet
from kpiterm.sync.sheets import open_sheets
from kpiterm_shopify.import_files import IMPORTERS
from kpiterm_shopify.import_products import PRODUCTS_FILE

if TYPE_CHECKING:
    from shopify_fake import Rows

GOODS = ("Handle", "Title", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name",
         "Option3 Value", "SKU", "HS Code", "COO")  # fmt: skip
BY_ROW = (*GOODS, "Location", "Bin name", "Incoming (not editable)", "Unavailable (not editable)",
          "Committed (not editable)", "Available (not editable)", "On hand (current)", "On hand (new)")  # fmt: skip
MUG = {"Handle": "mug", "Title": "Mug", "Option1 Name": "Color", "Option1 Value": "Blue", "Option2 Value": "11 oz",
       "SKU": "MUG-B"}  # fmt: skip
WRITTEN = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def export(path: Path, header: tuple[str, ...], *lines: dict[str, str]) -> Sheet:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, header)
        out.writeheader()
        out.writerows(lines)
    os.utime(path, (WRITTEN.timestamp(),) * 2)
    (sheet,) = open_sheets(path)
    return sheet


def items_of(sheet: Sheet, kind: str) -> tuple[list[Any], list[Rejected], list[str]]:
    (importer,) = [found for found in IMPORTERS if found.recognise(sheet)]
    assert importer.kind == kind
    items = list(importer.read(sheet))
    rejected = [item for item in items if isinstance(item, Rejected)]
    notes = [item.text for item in items if isinstance(item, Note)]
    return [item for item in items if isinstance(item, Row | Payload)], rejected, notes


def stock(sheet: Sheet) -> list[dict[str, Any]]:
    return [dict(row.values) for row in items_of(sheet, "shopify.inventory")[0]]


def test_a_row_per_location(tmp_path: Path) -> None:
    counts = {"Location": "Berlin", "Incoming (not editable)": "20", "Unavailable (not editable)": "2",
              "Committed (not editable)": "3", "Available (not editable)": "-1", "On hand (current)": "4"}  # fmt: skip
    absent = {**MUG, "Location": "Leeds", "Available (not editable)": "not stocked"}
    sheet = export(tmp_path / "f", BY_ROW, {**MUG, **counts}, absent)
    assert stock(sheet) == [
        {"taken_at": WRITTEN, "sku": "MUG-B", "title": "Mug - Blue / 11 oz", "location": "Berlin", "available": -1,
         "inbound": 20, "reserved": 3, "unfulfillable": 2},
    ]  # fmt: skip
    assert items_of(sheet, "shopify.inventory")[2][0].startswith("1 cells read 'not stocked'")


def test_a_column_per_location(tmp_path: Path) -> None:
    header = (*GOODS, "508 Larkin St", "Printful")
    other = {**MUG, "Option1 Value": "Default Title", "Option2 Value": "", "SKU": "", "508 Larkin St": "1,138",
             "Printful": "0"}  # fmt: skip
    sheet = export(tmp_path / "f", header, {**MUG, "508 Larkin St": "7", "Printful": "not stocked"}, other)
    assert [(row["sku"], row["title"], row["location"], row["available"]) for row in stock(sheet)] == [
        ("MUG-B", "Mug - Blue / 11 oz", "508 Larkin St", 7), (None, "Mug", "508 Larkin St", 1138),
        (None, "Mug", "Printful", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), [("Available (not editable)", "some"), ("SKU", "7.82115E+12")])
def test_a_record_that_cannot_be_read_is_kept_apart(column: str, value: str, tmp_path: Path) -> None:
    line = {**MUG, "Location": "Berlin", "Available (not editable)": "1"}
    rows, rejected, _ = items_of(export(tmp_path / "f", BY_ROW, {**line, column: value}, line), "shopify.inventory")
    assert (len(rows), [bad.row for bad in rejected]) == (1, [1])


def raw(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_real_export_with_a_row_per_location(shared: Path) -> None:
    path = shared / "data/shopify_us_inventory/inventory_export_1.csv"
    rows, rejected, _ = items_of(open_sheets(path)[0], "shopify.inventory")
    stocked = [line for line in raw(path) if line["Available (not editable)"] != "not stocked"]
    assert (len(raw(path)), len(rows), len(stocked), rejected) == (1732, 1538, 1538, [])
    for ours, theirs in (("available", "Available"), ("inbound", "Incoming"), ("reserved", "Committed")):
        assert sum(row.values[ours] for row in rows) == sum(int(line[f"{theirs} (not editable)"]) for line in stocked)
    assert any(row.values["available"] < 0 for row in rows)
    assert Counter(row.values["sku"] for row in rows) == Counter(line["SKU"].strip() or None for line in stocked)


def test_the_real_export_with_a_column_per_location(shared: Path) -> None:
    path = shared / "data/shopify_us_inventory/inventory_export_old.csv"
    rows, rejected, _ = items_of(open_sheets(path)[0], "shopify.inventory")
    locations = ("508 Larkin St", "Amazon MCF by Codisto", "Printful")
    cells = [line[place] for line in raw(path) for place in locations]
    numbers = [int(cell) for cell in cells if cell != "not stocked"]
    assert (len(raw(path)), len(rows), rejected) == (50, len(numbers), [])
    assert sum(row.values["available"] for row in rows) == sum(numbers)
    assert {row.values["location"] for row in rows} <= set(locations)


PRODUCTS = ("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Published", "Option1 Name", "Option1 Value",
            "Option2 Value", "Variant SKU", "Variant Price", "Image Src", "Cost per item", "Status")  # fmt: skip


def test_a_product_with_two_variants_and_a_picture(tmp_path: Path, read: Callable[..., Rows]) -> None:
    first = {"Handle": "mug", "Title": "Mug", "Body (HTML)": "<p>A\nmug</p>", "Type": "Kitchen", "Published": "true",
             "Option1 Name": "Color", "Option1 Value": "Blue", "Variant SKU": "'007", "Variant Price": "24.90",
             "Cost per item": "8.125", "Status": "active", "Image Src": "https://example.com/1.jpg"}  # fmt: skip
    second = {"Handle": "mug", "Option1 Value": "Red", "Variant Price": "25", "Cost per item": "9"}
    sheet = export(tmp_path / "f", PRODUCTS, first, second, {"Handle": "mug", "Image Src": "https://example.com/2.jpg"})
    payloads, rejected, notes = items_of(sheet, "shopify.products")
    blue, red = read(payloads, PRODUCTS_FILE.shape, "listing")
    assert blue == {
        "_payload": 1, "sku": "007", "title": "Mug - Blue", "price": Decimal("24.90"), "currency": "USD",
        "status": "active", "parent_id": "mug", "category": "Kitchen",
    }  # fmt: skip
    assert (red["sku"], red["title"], red["status"], red["category"]) == (None, "Mug - Red", "active", "Kitchen")
    (cost,) = read(items_of(sheet, "shopify.products")[0], PRODUCTS_FILE.shape, "cost")
    assert (cost["sku"], cost["unit_cost"], cost["valid_from"]) == ("007", Decimal("8.125"), date(2026, 11, 20))
    assert rejected == []
    assert [note[:10] for note in notes] == ["1 records ", "1 variants", "the file n"]


@pytest.mark.parametrize(
    ("status", "published", "wanted"),
    [("active", "", "active"), ("draft", "true", "inactive"), ("archived", "", "inactive"), ("", "true", "active"),
     ("", "false", "inactive"), ("", "", "inactive")],
)  # fmt: skip
def test_what_is_on_sale(status: str, published: str, wanted: str, tmp_path: Path, read: Callable[..., Rows]) -> None:
    line = {"Handle": "mug", "Title": "Mug", "Option1 Value": "Default Title", "Variant Price": "1", "Status": status,
            "Published": published}  # fmt: skip
    (row,) = read(
        items_of(export(tmp_path / "f", PRODUCTS, line), "shopify.products")[0], PRODUCTS_FILE.shape, "listing"
    )
    assert (row["status"], row["title"]) == (wanted, "Mug")


def test_the_real_products_export(shared: Path, read: Callable[..., Rows]) -> None:
    path = shared / "data/shopify_products/products_export_1 (6).csv"
    sheet = open_sheets(path)[0]
    payloads, rejected, _ = items_of(sheet, "shopify.products")
    listed = read(payloads, PRODUCTS_FILE.shape, "listing")
    variants = [line for line in raw(path) if line["Variant Price"]]
    assert (len(raw(path)), len(listed), len(variants), rejected) == (3399, 2790, 2790, [])
    assert sum(row["price"] for row in listed) == sum(Decimal(line["Variant Price"]) for line in variants)
    statuses = {line["Handle"]: line["Status"] for line in reversed(raw(path)) if line["Status"]}
    active = sum(statuses[line["Handle"]] == "active" for line in variants)
    assert sum(row["status"] == "active" for row in listed) == active
    costs = read(items_of(sheet, "shopify.products")[0], PRODUCTS_FILE.shape, "cost")
    wanted = {(line["Variant SKU"].strip().removeprefix("'"), Decimal(line["Cost per item"]))
              for line in variants if line["Variant SKU"].strip() and line["Cost per item"]}  # fmt: skip
    assert {(row["sku"], row["unit_cost"]) for row in costs} == wanted
    assert len(costs) == len(wanted)
