"""Purchase orders as the operation log tells them, and as tables do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpiterm.analysis.inventory.supply.faults import Faults
from kpiterm.analysis.inventory.supply.model import (
    MILESTONES,
    OrderLine,
    PurchaseOrder,
    Supplier,
    Supply,
)
from kpiterm.analysis.inventory.supply.order_rows import COLUMNS, read_order_rows
from kpiterm.analysis.inventory.supply.orders import from_detail, orders_of, to_detail
from kpiterm.plugins import Sheet
from kpiterm.sync.sheets import open_sheets

Entry = tuple[str, Mapping[str, Any]]
TODAY = date(2026, 11, 23)
ORDER = PurchaseOrder(
    id="PO-1", supplier="ningbo", account="us", channel="amazon.com", mode="sea", currency="USD",
    lines=(OrderLine(sku="A", units=100, unit_cost=Decimal("3.20")), OrderLine(sku="B", units=50)),
    reached={"ordered": date(2026, 8, 3)},
)  # fmt: skip
ADD: Entry = ("po.add", to_detail(ORDER))
SUPPLY = Supply(suppliers={"ningbo": Supplier(id="ningbo", name="N", currency="USD")})


def advance(milestone: str, day: str, **more: object) -> Entry:
    return "po.advance", {"id": "PO-1", "milestone": milestone, "day": day, "shipments": [], "promised": None, **more}


def receive(day: str, **units: int) -> Entry:
    return "po.receive", {
        "id": "PO-1", "day": day, "lines": [{"sku": sku, "units": count} for sku, count in units.items()]
    }  # fmt: skip


def test_an_order_comes_further_milestone_by_milestone() -> None:
    (order,) = orders_of(
        [
            ADD,
            advance("shipped", "2026-09-10", shipments=["FBA1"], promised="2026-10-20"),
            advance("produced", "2026-08-28"),
        ]
    )
    assert (order.stage, order.shipments, order.promised) == ("shipped", ("FBA1",), date(2026, 10, 20))
    assert list(order.reached) == ["ordered", "produced", "shipped"]
    assert order.is_open


def test_a_part_receipt_leaves_the_rest_open() -> None:
    (order,) = orders_of([ADD, receive("2026-10-20", A=60)])
    assert [line.open for line in order.lines] == [40, 50]
    assert (order.stage, order.is_open) == ("checked_in", True)
    (order,) = orders_of([ADD, receive("2026-10-20", A=60), receive("2026-10-24", A=40, B=50)])
    assert (order.stage, order.is_open) == ("received", False)
    assert (order.reached["checked_in"], order.reached["received"]) == (date(2026, 10, 20), date(2026, 10, 24))


def test_a_sku_on_two_lines_is_received_once() -> None:
    twice = replace(ORDER, lines=(OrderLine(sku="A", units=30), OrderLine(sku="A", units=20)))
    (order,) = orders_of([("po.add", to_detail(twice)), receive("2026-10-20", A=35)])
    assert [line.received for line in order.lines] == [30, 5]


def test_a_cancelled_order_is_not_open_and_strangers_change_nothing() -> None:
    entries: list[Entry] = [ADD, ("po.cancel", {"id": "PO-1", "note": ""}), ("po.cancel", {"id": "PO-9", "note": ""})]
    (order,) = orders_of(entries)
    assert (order.cancelled, order.is_open) == (True, False)


def test_an_import_replaces_the_order_that_it_names() -> None:
    newer = replace(ORDER, reached={**ORDER.reached, "produced": date(2026, 8, 30)})
    assert orders_of([ADD, ("po.import", {"orders": [to_detail(newer)]})]) == (newer,)


DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2050, 1, 1))
ORDERS = st.builds(
    PurchaseOrder,
    id=st.text(min_size=1, max_size=8),
    supplier=st.just("s"),
    account=st.just("a"),
    channel=st.just("c"),
    mode=st.none() | st.just("air"),
    currency=st.none() | st.just("CNY"),
    lines=st.lists(
        st.builds(
            OrderLine,
            sku=st.text(min_size=1, max_size=8),
            units=st.integers(1, 10**6),
            unit_cost=st.none() | st.decimals(min_value="0.0001", max_value=10**6, places=4),
            received=st.integers(0, 5),
        ),
        max_size=3,
    ).map(tuple),
    reached=st.lists(DAYS, min_size=1, max_size=8).map(lambda days: dict(zip(MILESTONES, sorted(days), strict=False))),
    shipments=st.lists(st.text(min_size=1, max_size=8), max_size=2).map(tuple),
    promised=st.none() | DAYS,
)


@given(ORDERS)
def test_an_order_survives_the_log(order: PurchaseOrder) -> None:
    assert from_detail(json.loads(json.dumps(to_detail(order)))) == order


def read(path: Path, text: str) -> tuple[tuple[PurchaseOrder, ...], list[str]]:
    file, faults = path / "orders.csv", Faults()
    file.write_text(text, "utf-8")
    places = {"A": [("us", "amazon.com")], "B": [("us", "amazon.com"), ("wm", "walmart.com")]}
    found = read_order_rows(open_sheets(file)[0], SUPPLY, faults, today=TODAY, place=lambda sku: places.get(sku, []))
    return found, [fault.text for fault in faults.found]


def test_rows_of_one_number_are_the_lines_of_an_order(tmp_path: Path) -> None:
    found, faults = read(
        tmp_path,
        "PO Number,Supplier,Mode,SKU,Quantity,Unit_Cost,Currency,Order Date,Produced,Shipment ID,ETA\n"
        "P7,ningbo,sea,A,100,3.20,USD,2026/8/3,2026-08-28 00:00:00,FBA1;FBA2,2026-12-01\n"
        "P7,ningbo,sea,B,50,,USD,2026/8/3,2026-08-28 00:00:00,FBA1;FBA2,2026-12-01\n",
    )
    assert faults == []
    assert found == (
        replace(
            ORDER,
            id="P7",
            reached={"ordered": date(2026, 8, 3), "produced": date(2026, 8, 28)},
            shipments=("FBA1", "FBA2"),
            promised=date(2026, 12, 1),
        ),
    )


def test_an_order_that_is_received_is_whole_unless_a_number_says_otherwise(tmp_path: Path) -> None:
    found, faults = read(
        tmp_path,
        "po,supplier,sku,units,ordered,received,received_units\nP1,ningbo,A,100,2026-01-05,2026-03-20,\n"
        "P2,ningbo,A,100,2026-01-05,2026-03-20,96\nP3,ningbo,A,100,2026-01-05,,40\n",
    )
    assert faults == []
    assert [order.lines[0].received for order in found] == [100, 96, 40]


def test_every_fault_is_told_with_its_row(tmp_path: Path) -> None:
    tomorrow = TODAY + timedelta(days=1)
    _, faults = read(
        tmp_path,
        "po,supplier,sku,units,ordered,produced,received_units,account\n"
        f"P1,ningbo,A,0,2026-08-01,{tomorrow},,\nP2,ningbo,B,5,2026-08-01,2026-07-01,9,\nP3,n,A,5,8/1/26,,,\n"
        "P4,ningbo,A,5,2026-08-01,,,us\nP4,ningbo,B,5,2026-08-01,,,uk\nP5,ningbo,C,5,,,,\n",
    )
    told = "\n".join(faults)
    for place in (
        "row 2 (A), units: found '0'", f"row 2 (A), produced: {tomorrow} is still to come",
        "row 3 (B), produced: 2026-07-01 is before ordered", "row 3 (B), received_units: 9 are more than the 5",
        "row 3 (B), account: the SKU is known us on amazon.com, wm on walmart.com", "row 4 (A), supplier",
        "row 4 (A), ordered: found '8/1/26' → write a day, such as 2026-11-23",
        "row 6 (B), account: order P4 has another", "row 7 (C), ordered: empty",
        "row 7 (C), account: the SKU is known nowhere",
    ):  # fmt: skip
        assert place in told
    assert len(faults) == 10


@pytest.mark.parametrize("missing", ["po", "sku", "units", "ordered", "supplier"])
def test_a_table_without_a_needed_column_is_refused(tmp_path: Path, missing: str) -> None:
    columns = [name for name in ("po", "supplier", "sku", "units", "ordered") if name != missing]
    found, faults = read(tmp_path, f"{','.join(columns)}\nx,x,x,x\n")
    assert found == ()
    assert any(f"no column {missing!r}" in fault for fault in faults)


CELLS = st.sampled_from(
    ["", "A", "ningbo", "5", "2026-08-01", "2026/8/1", "31.12.2026", "-3", "1e5", "0", "sea"]
) | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)


@settings(max_examples=60)
@given(st.lists(st.lists(CELLS, min_size=len(COLUMNS), max_size=len(COLUMNS)), min_size=1, max_size=3))
def test_whatever_cells_hold_an_order_is_sound_or_a_fault_is_told(table: list[list[str]]) -> None:
    faults = Faults()
    sheet = Sheet(
        path=Path("orders.csv"), encoding="utf-8", delimiter=",", header=tuple(COLUMNS), header_row=1,
        rows=lambda: iter(tuple(cell or None for cell in row) for row in table),
    )  # fmt: skip
    found = read_order_rows(sheet, Supply(), faults, today=TODAY, place=lambda _: [])
    if not faults.found:
        assert sum(len(order.lines) for order in found) == len(table)
        for order in found:
            days = list(order.reached.values())
            assert "ordered" in order.reached
            assert days == sorted(days)
            assert max(days) <= TODAY
            assert all(0 <= line.received <= line.units for line in order.lines)
    assert faults.found or found
