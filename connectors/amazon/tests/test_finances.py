"""Postings to the balance: pages without rows, what is held back, and components that add up to the total."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from kpiterm.plugins import Payload, Window
from kpiterm_amazon.finances import POSTINGS, TRANSACTIONS, fetch

if TYPE_CHECKING:
    from conftest import Host, Rows

WINDOW = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))
Read = Callable[..., "Rows"]


def money(amount: float) -> dict[str, object]:
    return {"currencyAmount": amount, "currencyCode": "USD"}


def part(name: str, amount: float, *inner: dict[str, Any]) -> dict[str, Any]:
    return {"breakdownType": name, "breakdownAmount": money(amount), "breakdowns": list(inner)}


def transaction(**changes: Any) -> dict[str, Any]:
    ids = {"ORDER_ID": "113-1", "FINANCIAL_EVENT_GROUP_ID": "4MVaHcsA"}
    return {
        "relatedIdentifiers": [{"relatedIdentifierName": k, "relatedIdentifierValue": v} for k, v in ids.items()],
        "transactionType": "Shipment", "transactionStatus": "RELEASED", "description": "Order Payment",
        "postedDate": "2026-11-14T03:35:13.214Z", "totalAmount": money(20.35),
        "marketplaceDetails": {"marketplaceName": "Amazon.com"},
        "items": [
            {
                "breakdowns": [
                    part("ProductCharges", 25.0, part("OurPricePrincipal", 24.0), part("OurPriceTax", 1.0)),
                    part("Tax", -1.0),
                    part("AmazonFees", -3.65, part("Commission", -3.6), part("FBAPerUnitFulfillmentFee", -0.05)),
                ],
                "contexts": [{"contextType": "ProductContext", "sku": "MAT-1", "quantityShipped": 2}],
            }
        ],
    } | changes  # fmt: skip


def rows(read: Read, *transactions: dict[str, Any]) -> Rows:
    body = json.dumps({"payload": {"transactions": transactions}}).encode()
    return read(POSTINGS, [Payload(body=body, format="json", request="x", records=("payload", "transactions"))])


def test_every_component_becomes_a_line_and_they_add_up(read: Read) -> None:
    found = rows(read, transaction())
    assert {(r["kind"], r["detail"], r["amount"], r["quantity"]) for r in found} == {
        ("order", "OurPricePrincipal", Decimal(24), 2), ("order", "OurPriceTax", Decimal(1), None),
        ("tax", "Tax", Decimal(-1), None), ("fee", "Commission", Decimal("-3.6"), None),
        ("fee", "FBAPerUnitFulfillmentFee", Decimal("-0.05"), None),
    }  # fmt: skip
    assert sum(r["amount"] for r in found) == Decimal("20.35")
    common = {(r["settlement_id"], r["order_id"], r["sku"], r["posted_at"], r["currency"]) for r in found}
    assert common == {("4MVaHcsA", "113-1", "MAT-1", datetime.fromisoformat("2026-11-14T03:35:13.214000"), "USD")}


def test_what_is_not_broken_down_is_a_line_of_its_own(read: Read) -> None:
    found = rows(
        read, transaction(totalAmount=money(21.0)), transaction(items=[], breakdowns=[], totalAmount=money(-5))
    )
    assert sum(r["amount"] for r in found) == Decimal(16)
    assert [r["amount"] for r in found if r["detail"] == "not broken down"] == [Decimal("0.65"), Decimal(-5)]


def test_without_items_the_breakdown_of_the_whole_is_read(read: Read) -> None:
    charge = transaction(
        transactionType="ServiceFee", items=[], breakdowns=[part("ServiceFees", -39.99, part("Subscription", -39.99))],
        totalAmount=money(-39.99), relatedIdentifiers=[],
    )  # fmt: skip
    (row,) = rows(read, charge)
    assert (row["kind"], row["detail"], row["amount"], row["order_id"]) == (
        "fee", "Subscription", Decimal("-39.99"), None,
    )  # fmt: skip


def test_money_held_back_is_kept_apart_and_drops_to_nothing_once_released(read: Read) -> None:
    (held,) = rows(read, transaction(transactionStatus="DEFERRED"))
    assert (held["kind"], held["detail"], held["amount"]) == ("deferred", "Order Payment", Decimal("20.35"))
    released = rows(
        read, transaction(transactionStatus="DEFERRED_RELEASED"), transaction(postedDate="2026-11-18T00:00:00Z")
    )
    assert {(r["posted_at"], r["order_id"]) for r in released} >= {(held["posted_at"], held["order_id"])}
    assert sum(r["amount"] for r in released) == Decimal("20.35")


def test_only_the_accounts_marketplace_is_read(read: Read) -> None:
    abroad = transaction(marketplaceDetails={"marketplaceName": "Amazon.ca"})
    assert rows(read, abroad) == []
    assert rows(read, transaction(marketplaceDetails=None)) != []


def test_amazons_own_example(shared: Path, read: Read) -> None:
    model = json.loads((shared / "specs/amazon/models/finances_2024-06-19.json").read_text())
    cases = model["paths"][TRANSACTIONS]["get"]["responses"]["200"]["x-amzn-api-sandbox"]["static"]
    body = json.dumps(cases[0]["response"]).encode()
    (row,) = read(POSTINGS, [Payload(body=body, format="json", request="x", records=("payload", "transactions"))])
    assert (row["amount"], row["order_id"], row["kind"]) == (Decimal(10), "8129762527551", "order")


def test_pages_without_rows_do_not_end_the_reading(host: Host) -> None:
    pages = iter(
        [
            {"payload": {"transactions": [{"postedDate": "1"}], "nextToken": "a"}},
            {"payload": {"nextToken": "b"}},
            {"payload": {"transactions": [], "nextToken": "c"}},
            {"payload": {"transactions": [{"postedDate": "2"}]}},
        ]
    )
    payloads = list(fetch(host.context(lambda _: httpx.Response(200, json=next(pages))), WINDOW))
    assert [json.loads(p.body)["payload"]["transactions"][0]["postedDate"] for p in payloads] == ["1", "2"]  # type: ignore[arg-type]
    asked = [dict(request.url.params) for request in host.asked("GET", TRANSACTIONS)]
    assert [query.pop("nextToken", "") for query in asked] == ["", "a", "b", "c"]
    assert asked == [{"postedAfter": "2026-11-01T00:00:00Z", "postedBefore": "2026-11-20T00:00:00Z"}] * 4


def test_outside_the_us_the_marketplace_is_named(host: Host) -> None:
    empty = httpx.Response(200, json={"payload": {"transactions": []}})
    settings = {"marketplace": "DE", "client_id": "sp-client"}
    assert list(fetch(host.context(lambda _: empty, settings=settings), WINDOW)) == []
    assert host.requests[-1].url.params["marketplaceId"] == "A1PA6795UKMFR9"
