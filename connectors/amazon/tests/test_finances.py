"""Postings to the balance: pages without rows, what is held back, and components that add up to the total."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import Payload, Window
from kpiterm_amazon.connector import AMAZON
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
    assert {r["amount"] for r in found if r["detail"] == "not broken down"} == {Decimal("0.65"), Decimal(-5)}


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


def test_a_reimbursement_is_broken_down_as_a_whole_only(read: Read) -> None:
    """As live answers have it: the item bears the SKU, the whole its components."""
    item = {"breakdowns": None, "contexts": [{"contextType": "ProductContext", "sku": "MAT-1", "quantityShipped": 1}]}
    whole = part("Sales", 6.22, part("FBAInventoryReimbursement", 6.22))
    paid = transaction(transactionType="Adjustment", items=[item], breakdowns=[whole], totalAmount=money(6.22))
    (row,) = rows(read, paid)
    assert (row["kind"], row["detail"], row["sku"], row["amount"]) == (
        "reimbursement", "FBAInventoryReimbursement", "MAT-1", Decimal("6.22"),
    )  # fmt: skip


Spooled = Callable[..., "dict[str, Rows]"]


def refund(**changes: Any) -> dict[str, Any]:
    back = [
        part("ProductCharges", -26.0, part("OurPricePrincipal", -24.0), part("OurPriceTax", -2.0)),
        part("Shipping", -5.0, part("ShippingPrincipal", -5.0)),
        part("Tax", 1.5, part("ShippingTax", -0.5), part("MarketplaceFacilitatorTax-Principal", 2.0)),
        part("Promotions", 3.0, part("Principal", 3.0)),
        part("AmazonFees", 2.9, part("Commission", 3.4), part("RefundCommission", -0.5)),
    ]
    context = {"contextType": "ProductContext", "sku": "MAT-1", "asin": "B01", "quantityShipped": 2}
    given = {
        "transactionType": "Refund", "description": "Refund Order", "totalAmount": money(-23.6),
        "items": [{"breakdowns": back, "contexts": [context]}],
    }  # fmt: skip
    return transaction(**(given | changes))


def refunds(spooled: Spooled, *transactions: dict[str, Any]) -> Rows:
    body = json.dumps({"payload": {"transactions": transactions}}).encode()
    payload = Payload(body=body, format="json", request="x", records=("payload", "transactions"))
    return spooled(POSTINGS, [payload], AMAZON.marketplace({}))["refund_line"]


def test_a_refund_is_what_the_buyer_got_back_on_an_item(spooled: Spooled) -> None:
    """24 for the goods, 5 for shipping, 2.50 of tax, less the promotion of 3; fees and withheld tax are not theirs."""
    assert refunds(spooled, refund(), transaction()) == [
        {
            "_payload": 1, "order_id": "113-1", "sku": "MAT-1", "item_id": "B01",
            "refunded_at": datetime.fromisoformat("2026-11-14T03:35:13.214"), "quantity": 2,
            "amount": Decimal("28.5"), "currency": "USD", "reason": "Refund Order",
        }
    ]  # fmt: skip


def test_a_refund_in_its_region_is_the_accounts_own(spooled: Spooled) -> None:
    assert refunds(spooled, refund(marketplaceDetails={"marketplaceName": "Amazon.ca"})) == []


def test_a_refund_that_is_held_back_first_counts_once_at_its_first_moment(spooled: Spooled) -> None:
    held = refund(transactionStatus="DEFERRED")
    (before,) = refunds(spooled, held)
    known = [
        *held["relatedIdentifiers"],
        {"relatedIdentifierName": "DEFERRED_TRANSACTION_ID", "relatedIdentifierValue": "1"},
    ]
    later = refund(postedDate="2026-11-18T00:00:00Z", relatedIdentifiers=known)
    assert refunds(spooled, held | {"transactionStatus": "DEFERRED_RELEASED"}, later) == [before]


@pytest.mark.parametrize("kind", ["Chargeback", "GuaranteeClaim", "GuaranteeClaimRefund"])
def test_what_a_bank_or_amazons_guarantee_gave_back_is_a_refund(spooled: Spooled, kind: str) -> None:
    assert [row["amount"] for row in refunds(spooled, refund(transactionType=kind))] == [Decimal("28.5")]


def test_a_refund_without_items_has_no_sku(spooled: Spooled) -> None:
    whole = [part("Sales", -10.0, part("ProductCharges", -9.0), part("Tax", -1.0)), part("Expenses", 1.0)]
    (row,) = refunds(spooled, refund(items=[], breakdowns=whole))
    assert (row["sku"], row["quantity"], row["amount"]) == (None, None, Decimal(10))


def test_fees_alone_are_no_refund(spooled: Spooled) -> None:
    assert refunds(spooled, refund(items=[{"breakdowns": [part("AmazonFees", 2.0)], "contexts": []}])) == []


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
