"""Fees per SKU and day from Data Kiosk's economics, against lines recorded from a real shop."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm_amazon.economics import ECONOMICS

if TYPE_CHECKING:
    from conftest import Rows

Load = Callable[..., "Rows"]


def charge(amount: object, quantity: object = None) -> dict[str, Any]:
    return {"totalAmount": {"amount": amount, "currencyCode": "USD"}, "quantity": quantity}


def line(name: str = "ReferralFee", amount: object = 9.02, quantity: object = 1.0, **more: Any) -> dict[str, Any]:
    fees = [{"feeTypeName": name, "charges": [{"aggregatedDetail": charge(amount, quantity)}]}]
    common = {"startDate": "2026-11-10", "endDate": "2026-11-10", "msku": "MAT-1", "childAsin": "B01"}
    return common | {"fees": fees, "ads": []} | more


def test_recorded_lines_add_up_to_the_cent(shared: Path, load_lines: Load) -> None:
    """Recorded by week: told as days, since only days are asked for."""
    text = (shared / "data/datakiosk_us/economics.jsonl").read_text()
    assert load_lines(ECONOMICS, *map(json.loads, text.splitlines())) == [], "a week is no day"
    text = re.sub(r'"endDate":"[^"]*"', '"endDate":"2025-01-05"', text)
    text = re.sub(r'"startDate":"[^"]*"', '"startDate":"2025-01-05"', text)
    source = [json.loads(entry, parse_float=Decimal) for entry in text.splitlines()]
    fees = [c["aggregatedDetail"] for s in source for f in s["fees"] for c in f["charges"]]
    ads = [ad["charge"] for s in source for ad in s["ads"]]
    rows = load_lines(ECONOMICS, *text.splitlines())
    assert len(rows) == len(fees) + len(ads) == 18
    for chosen, expected in ((rows, fees + ads), ([r for r in rows if r["kind"].startswith("advertising")], ads)):
        assert sum(r["amount"] for r in chosen) == sum(d["totalAmount"]["amount"] for d in expected)
    assert {r["kind"] for r in rows} == {
        "storage", "referral", "variable_closing", "fba_fulfilment", "refunded_referral", "fba_inbound_transportation",
        "advertising_sponsored_product",
    }  # fmt: skip
    assert [r["amount"] for r in rows if r["kind"] == "refunded_referral"] == [Decimal("-9.02")]


def test_a_charge_is_read_whole(load_lines: Load) -> None:
    assert load_lines(ECONOMICS, line()) == [
        {
            "_payload": 1, "day": date(2026, 11, 10), "kind": "referral", "sku": "MAT-1", "item_id": "B01",
            "quantity": 1, "amount": Decimal("9.02"), "currency": "USD",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("FbaStorageFee", "storage"),
        ("FBA storage fees", "storage"),
        ("FBA fulfillment fees", "fba_fulfillment"),
        ("FbaLongTermStorageFee", "aged_inventory"),
        ("Aged Inventory Surcharge", "aged_inventory"),
        ("RefundCommissionFee", "refund_commission"),
    ],
)
def test_both_ways_of_naming_a_fee_give_one_kind(load_lines: Load, name: str, kind: str) -> None:
    (row,) = load_lines(ECONOMICS, line(name))
    assert row["kind"] == kind


def test_a_part_of_a_unit_is_no_count(load_lines: Load) -> None:
    assert [load_lines(ECONOMICS, line(quantity=q))[0]["quantity"] for q in (2.0, 0.35, None)] == [2, None, None]


def test_a_charge_without_an_amount_is_none(load_lines: Load) -> None:
    assert load_lines(ECONOMICS, line(fees=[], ads=[{"adTypeName": "SponsoredProductFee", "charge": None}])) == []
