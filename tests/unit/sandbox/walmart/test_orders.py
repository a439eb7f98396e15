from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

import pytest

from kpiterm.sandbox.orders import business_day
from kpiterm.sandbox.shop import days_between
from kpiterm.sandbox.walmart import CANARIES
from kpiterm.sandbox.walmart.items import NODES

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient

START = "2026-08-01T07:00:00Z"  # midnight in California


def lines(order: dict[str, Any]) -> list[dict[str, Any]]:
    return list(order["orderLines"]["orderLine"])


def states(line: dict[str, Any]) -> set[str]:
    return {status["status"] for status in line["orderLineStatuses"]["orderLineStatus"]}


def item_cents(line: dict[str, Any]) -> int:
    charges = line["charges"]["charge"]
    return sum(round(c["chargeAmount"]["amount"] * 100) for c in charges if c["chargeName"] == "ItemPrice")


def bought(order: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(order["orderDate"] / 1000, UTC)


def test_the_three_ship_node_types_together_are_the_sales_of_the_shop(walmart: WalmartClient) -> None:
    gmv, units = Counter[date](), 0
    for node in NODES:
        orders = list(walmart.orders(createdStartDate=START, shipNodeType=node, limit=200))
        assert {order["shipNode"]["type"] for order in orders} == {node}
        for order in orders:
            kept = [line for line in lines(order) if states(line) != {"Cancelled"}]
            gmv[business_day(order["orderDate"] / 1000)] += sum(map(item_cents, kept))
            units += sum(int(line["orderLineQuantity"]["amount"]) for line in kept)
    first, last = date(2026, 8, 1), date(2026, 11, 23)
    assert gmv == {day: walmart.truth.gmv(day, day, at=walmart.now) for day in days_between(first, last)}
    assert units == walmart.truth.sales(first, last, at=walmart.now).units


def test_only_the_sellers_own_orders_come_without_a_node_type(walmart: WalmartClient) -> None:
    assert {order["shipNode"]["type"] for order in walmart.orders()} == {"SellerFulfilled"}


def test_without_a_start_only_a_week_comes_even_when_a_date_of_change_is_given(walmart: WalmartClient) -> None:
    week_ago = walmart.now - timedelta(days=7)
    for query in ({}, {"lastModifiedStartDate": START}):
        found = [bought(order) for order in walmart.orders(**query)]
        assert min(found) >= week_ago
    everything = [bought(o) for o in walmart.orders(createdStartDate=START, lastModifiedStartDate=START)]
    assert min(everything) < week_ago


def test_a_search_by_change_finds_old_orders_that_changed_lately(walmart: WalmartClient) -> None:
    since = walmart.now - timedelta(days=1)
    found = list(walmart.orders(createdStartDate=START, lastModifiedStartDate=since.isoformat(), limit=200))
    assert any(bought(order) < since - timedelta(days=3) for order in found)
    assert all(lines(order)[0]["statusDate"] >= since.timestamp() * 1000 for order in found)


def test_the_cursor_works_as_it_came_and_in_no_other_form(walmart: WalmartClient) -> None:
    first = walmart.get("/v3/orders", createdStartDate=START, limit=5, sku="KI-MAT-000-2").json()["list"]
    cursor = first["meta"]["nextCursor"]
    assert cursor.startswith("?")
    second = walmart.get(f"/v3/orders{cursor}").json()["list"]
    assert second["meta"]["totalCount"] == first["meta"]["totalCount"]
    ids = [o["purchaseOrderId"] for page in (first, second) for o in page["elements"]["order"]]
    assert len(set(ids)) == 10
    changed = (unquote(cursor), f"{cursor}&limit=5", f"?nextCursor={cursor[1:]}")
    for query in changed:
        assert walmart.get(f"/v3/orders{query}").status_code == 400
    assert walmart.get("/v3/orders", **dict(parse_qsl(cursor[1:]))).status_code == 400


def test_pages_hold_every_order_once(walmart: WalmartClient) -> None:
    ids = [o["purchaseOrderId"] for o in walmart.orders(createdStartDate=START, limit=7, shipNodeType="3PLFulfilled")]
    whole = [
        o["purchaseOrderId"] for o in walmart.orders(createdStartDate=START, shipNodeType="3PLFulfilled", limit=200)
    ]
    assert ids == whole
    assert len(set(ids)) == len(ids) > 14


def test_no_orders_are_a_404(walmart: WalmartClient) -> None:
    none = walmart.get("/v3/orders", createdStartDate="2026-08-01", createdEndDate="2026-08-01")
    assert none.status_code == 404
    assert none.json()["errors"][0]["code"] == "NOT_FOUND.GMP_ORDER_API"


def test_more_orders_than_the_limit_are_refused(walmart: WalmartClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpiterm.sandbox.walmart.orders.MOST_ORDERS", 100)
    assert walmart.get("/v3/orders", createdStartDate=START).status_code == 400
    assert walmart.get("/v3/orders", createdStartDate="2026-11-20").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "201"},
        {"limit": "0"},
        {"status": "shipped"},
        {"shipNodeType": "WFS"},
        {"createdStartDate": "16.11.2026"},
        {"createdStartDate": "2026-11-20", "createdEndDate": "2026-11-19"},
        {"productInfo": "yes"},
        {"shipNode": "1"},
    ],
)
def test_parameters_outside_the_spec_are_refused(walmart: WalmartClient, query: dict[str, str]) -> None:
    assert walmart.get("/v3/orders", **query).status_code == 400


def test_a_status_finds_orders_with_one_such_line_so_other_states_come_along(walmart: WalmartClient) -> None:
    found = [o for node in NODES for o in walmart.orders(createdStartDate=START, status="Cancelled", shipNodeType=node)]
    assert all(any(states(line) == {"Cancelled"} for line in lines(order)) for order in found)
    assert any(states(line) != {"Cancelled"} for order in found for line in lines(order))


def test_charges_taxes_and_the_total_of_an_order_agree(walmart: WalmartClient) -> None:
    discounts = 0
    for order in walmart.orders(createdStartDate=START, shipNodeType="WFSFulfilled", limit=200):
        charges = [charge for line in lines(order) for charge in line["charges"]["charge"]]
        goods = sum(round(charge["chargeAmount"]["amount"] * 100) for charge in charges)
        tax = sum(round(charge["tax"]["taxAmount"]["amount"] * 100) for charge in charges if "tax" in charge)
        assert round(order["orderSummary"]["totalAmount"]["currencyAmount"] * 100) == goods + tax
        discounts += sum(charge["chargeName"] == "SubscriptionDiscount" for charge in charges)
    assert discounts


def test_refunds_on_lines_are_negative_and_add_up(walmart: WalmartClient) -> None:
    first, last = date(2026, 10, 1), date(2026, 11, 23)
    refunded = units = 0
    for node in NODES:
        for order in walmart.orders(createdStartDate=START, shipNodeType=node, limit=200):
            for line in (line for line in lines(order) if "refund" in line):
                truth = next(
                    one
                    for one in walmart.truth.order(order["purchaseOrderId"], walmart.now).lines  # type: ignore[union-attr]
                    if str(one.number) == line["lineNumber"]
                ).refund
                assert truth is not None
                if not first <= business_day(truth.at) <= last:
                    continue
                charges = [entry["charge"] for entry in line["refund"]["refundCharges"]["refundCharge"]]
                refunded -= sum(
                    round(c["chargeAmount"]["amount"] * 100) for c in charges if c["chargeType"] == "PRODUCT"
                )
                parts = line["orderLineStatuses"]["orderLineStatus"]
                units += sum(int(s["statusQuantity"]["amount"]) for s in parts if s["status"] == "Refund")
    totals = walmart.truth.refunds(first, last, at=walmart.now)
    assert (refunded, units) == (totals.price, totals.units)


def test_one_order_by_its_id_with_the_referral_fee(walmart: WalmartClient) -> None:
    listed = next(iter(walmart.orders()))
    path = f"/v3/orders/{listed['purchaseOrderId']}"
    assert walmart.get(path).json() == {"order": listed}
    fee = lines(walmart.get(path, incentiveInfo="true").json()["order"])[0]["incentive"]["originalReferralFee"]
    assert fee["percentageApplied"] in {12, 15}
    for unknown in ("1", "199999999999999", "x" * 15):
        assert walmart.get(f"/v3/orders/{unknown}").status_code == 404


def test_every_kind_of_personal_data_is_in_the_orders_and_known_as_a_canary(walmart: WalmartClient) -> None:
    text = "".join(walmart.get("/v3/orders", shipNodeType=node, createdStartDate=START).text for node in NODES)
    assert sum(canary in text for canary in CANARIES) > len(CANARIES) * 0.9
    for order in walmart.orders():
        address = order["shippingInfo"]["postalAddress"]
        assert {address["address1"], order["shippingInfo"]["phone"]} <= set(CANARIES)
        assert set(address["name"].split(" ")) <= set(CANARIES)
        assert order.get("customerEmailId", CANARIES[2]) in CANARIES


def test_an_order_moves_on_with_time(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(orders_per_day=120)
    paths = [f"/v3/orders/{order['purchaseOrderId']}" for n in NODES for order in client.orders(shipNodeType=n)]
    client.wait(timedelta(days=9))
    now = [states(lines(client.get(path).json()["order"])[0]) for path in paths]
    assert {"Delivered"} in now
    assert not any(seen & {"Created", "Acknowledged"} for seen in now)
