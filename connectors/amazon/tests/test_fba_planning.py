"""FBA planning, restock advice and the stock report, with the header rows that production files have."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.plugins import DataError
from kpiterm_amazon.fba_planning import PLANNING, RESTOCK, STOCK_CHECK

if TYPE_CHECKING:
    from conftest import Rows

Load = Callable[..., dict[str, "Rows"]]
LINE: dict[str, object] = {
    "snapshot-date": "2026-11-20", "sku": "MAT-1", "asin": "B01", "product-name": 'Mat 31" x 19"', "available": 120,
    "inbound-quantity": 60, "Total Reserved Quantity": 7, "unfulfillable-quantity": 2, "currency": "USD",
    "days-of-supply": 44, "estimated-storage-cost-next-month": "3.21", "estimated-ais-181-210-days": "1.10",
    "estimated-ais-456-plus-days": "0.40", "inv-age-181-to-270-days": 9, "inv-age-456-plus-days": 1,
    "quantity-to-be-charged-ais-181-210-days": 9,
}  # fmt: skip


def header(shared: Path, report_type: str) -> list[str]:
    reports = json.loads((shared / "specs/amazon/flatfile_headers.json").read_text())["reports"]
    return list(reports[report_type]["columns"])


@pytest.fixture(params=[99, 97])
def planning(shared: Path, request: Any) -> list[str]:
    """Today's header, and that of May 2026."""
    columns = header(shared, "GET_FBA_INVENTORY_PLANNING_DATA")
    assert len(columns) == 99
    if request.param == 97:
        dropped = {"fc-transfer", "Reserved Staging", "Fulfillment Service and Programs"}
        columns = [c for c in columns if c not in dropped]
        columns.insert(columns.index("Reserved FC Processing"), "Reserved FC Transfer")
    assert len(columns) == request.param
    return columns


def test_planning_gives_the_stock_of_the_day_and_what_it_will_cost(planning: list[str], load: Load) -> None:
    found = load(PLANNING, planning, LINE)
    assert found["stock_level"] == [
        {
            "_payload": 1, "taken_at": datetime.fromisoformat("2026-11-20T08:00:00"), "sku": "MAT-1", "item_id": "B01",
            "title": 'Mat 31" x 19"', "location": "FBA", "available": 120, "inbound": 60, "reserved": 7,
            "unfulfillable": 2,
        }
    ]  # fmt: skip
    assert estimates(found) == {
        "storage_cost_next_month": (Decimal("3.21"), "USD"), "aged_inventory_surcharge": (Decimal("1.5"), "USD"),
        "units_over_180_days": (Decimal(10), None), "days_of_supply": (Decimal(44), None),
    }  # fmt: skip


def estimates(found: dict[str, Rows]) -> dict[str, tuple[Decimal, str | None]]:
    assert {(row["day"], row["bound"]) for row in found["market_estimate"]} <= {(date(2026, 11, 20), "exact")}
    return {row["metric"]: (row["estimate"], row.get("currency")) for row in found["market_estimate"]}


def test_two_skus_of_an_asin_are_one_estimate(planning: list[str], load: Load) -> None:
    second = LINE | {"sku": "MAT-1-FBA", "days-of-supply": 3, "estimated-storage-cost-next-month": "1,00"}
    found = load(PLANNING, planning, LINE, second)
    assert len(found["stock_level"]) == 2
    assert estimates(found)["days_of_supply"] == (Decimal(3), None)
    assert estimates(found)["storage_cost_next_month"] == (Decimal("4.21"), "USD")


def test_what_planning_leaves_blank_is_unknown(planning: list[str], load: Load) -> None:
    found = load(PLANNING, planning, {"snapshot-date": "2026-11-20", "sku": "MAT-1", "asin": "B01", "available": 0})
    assert [found["stock_level"][0][name] for name in ("available", "inbound", "reserved")] == [0, None, None]
    assert found["market_estimate"] == []


def test_a_missing_column_is_named(planning: list[str], load: Load) -> None:
    with pytest.raises(DataError, match="'available'"):
        load(PLANNING, [c for c in planning if c != "available"], LINE)


def test_restock_advice_is_an_estimate_of_the_accounts_country(shared: Path, load: Load) -> None:
    columns = header(shared, "GET_RESTOCK_INVENTORY_RECOMMENDATIONS_REPORT")
    line: dict[str, object] = {
        "Country": "US", "Merchant SKU": "MAT-1", "ASIN": "B01", "Recommended replenishment qty": 48,
        "Days of Supply at Amazon Fulfillment Network": 12, "Recommended ship date": "11/28/2026",
    }  # fmt: skip
    lines = (line, line | {"Merchant SKU": "MAT-2"}, line | {"Country": "CA", "Recommended replenishment qty": 999})
    assert estimates(load(RESTOCK, columns, *lines)) == {
        "restock_units": (Decimal(96), None), "restock_days_of_supply": (Decimal(12), None),
    }  # fmt: skip
    assert estimates(load(RESTOCK, columns, line | {"Country": "GB"}, country="UK"))["restock_units"][0] == 48


@pytest.mark.parametrize("store", [True, False])
def test_the_stock_report_has_the_figures_of_the_live_reading(shared: Path, load: Load, store: bool) -> None:
    columns = header(shared, "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA")
    line: dict[str, object] = {
        "sku": "MAT-1", "asin": "B01", "product-name": "Mat", "afn-fulfillable-quantity": 120,
        "afn-unsellable-quantity": 2, "afn-reserved-quantity": 7, "afn-inbound-working-quantity": 10,
        "afn-inbound-shipped-quantity": 20, "afn-inbound-receiving-quantity": 30, "afn-warehouse-quantity": 129,
    }  # fmt: skip
    assert load(STOCK_CHECK, columns if store else columns[:-1], line)["stock_level"] == [
        {
            "_payload": 1, "taken_at": datetime.fromisoformat("2026-11-20T18:00:00"), "sku": "MAT-1", "item_id": "B01",
            "title": "Mat", "location": "FBA", "available": 120, "inbound": 60, "reserved": 7, "unfulfillable": 2,
        }
    ]  # fmt: skip
