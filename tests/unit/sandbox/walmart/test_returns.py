from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.walmart import CANARIES
from kpiterm.sandbox.walmart.returns import returns_of

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient


def pages(walmart: WalmartClient, **query: Any) -> list[dict[str, Any]]:
    """Every return; stops when the cursor repeats, as it does on the last page."""
    body = walmart.get("/v3/returns", **query).raise_for_status().json()
    found, cursor = list(body["returnOrders"]), ""
    while body["meta"]["nextCursor"] not in {"", cursor}:
        cursor = body["meta"]["nextCursor"]
        body = walmart.get(f"/v3/returns{cursor}").raise_for_status().json()
        found += body["returnOrders"]
    assert len(found) == body["meta"]["totalCount"]
    return found


def line(one: dict[str, Any]) -> dict[str, Any]:
    (found,) = one["returnOrderLines"]
    return dict(found)


def test_all_returns_newest_first_and_each_once(walmart: WalmartClient) -> None:
    found = pages(walmart, limit=7)
    dates = [one["returnOrderDate"] for one in found]
    assert dates == sorted(dates, reverse=True)
    assert (
        len({one["returnOrderId"] for one in found}) == len(found) == len(list(returns_of(walmart.truth, walmart.now)))
    )


def test_the_last_page_names_its_own_cursor_again(walmart: WalmartClient) -> None:
    total = walmart.get("/v3/returns").json()["meta"]["totalCount"]
    cursor = walmart.get("/v3/returns", limit=total // 2 + 1).json()["meta"]["nextCursor"]
    assert walmart.get(f"/v3/returns{cursor}").json()["meta"]["nextCursor"] == cursor


def test_ten_come_by_default_and_at_most_two_hundred(walmart: WalmartClient) -> None:
    assert len(walmart.get("/v3/returns").json()["returnOrders"]) == 10
    assert walmart.get("/v3/returns", limit=201).status_code == 400


def test_dates_come_in_pairs(walmart: WalmartClient) -> None:
    for name in ("returnCreation", "returnLastModified"):
        start, end = f"{name}StartDate", f"{name}EndDate"
        assert walmart.get("/v3/returns", **{start: "2026-10-01"}).status_code == 400
        assert walmart.get("/v3/returns", **{end: "2026-10-01"}).status_code == 400
        found = pages(walmart, **{start: "2026-10-01", end: "2026-10-15", "limit": 200})
        assert 0 < len(found) < walmart.get("/v3/returns").json()["meta"]["totalCount"]
    october = {"returnCreationStartDate": "2026-10-01", "returnCreationEndDate": "2026-10-15"}
    assert all("2026-10-01" <= one["returnOrderDate"] < "2026-10-15" for one in pages(walmart, **october))


def test_wfs_and_seller_returns_are_told_apart_by_the_filter_alone(walmart: WalmartClient) -> None:
    counts = {flag: len(pages(walmart, isWFSEnabled=flag, limit=200)) for flag in "YN"}
    assert min(counts.values()) > 0
    assert sum(counts.values()) == len(pages(walmart, limit=200))


def test_status_refund_and_keep_it_agree(walmart: WalmartClient) -> None:
    found = pages(walmart, limit=200)
    statuses = Counter(line(one)["status"] for one in found)
    assert set(statuses) == {"INITIATED", "DELIVERED", "COMPLETED"} or set(statuses) == {"INITIATED", "COMPLETED"}
    assert {line(one)["status"] for one in pages(walmart, status="COMPLETED", limit=200)} == {"COMPLETED"}
    for one in found:
        done = line(one)["status"] == "COMPLETED"
        assert line(one)["currentRefundStatus"] == ("REFUND_COMPLETED" if done else "REFUND_INITIATED")
        assert line(one)["returnExpectedFlag"] is not line(one)["isKeepIt"]
    assert {line(one)["isKeepIt"] for one in found} == {True, False}


def test_an_amount_is_the_refund_of_its_order_line(walmart: WalmartClient) -> None:
    for one in pages(walmart, status="COMPLETED", limit=200):
        order = walmart.truth.order(line(one)["purchaseOrderId"], walmart.now)
        assert order is not None
        refund = order.lines[line(one)["purchaseOrderLineNumber"] - 1].refund
        assert refund is not None
        total = refund.price + refund.shipping + refund.tax
        assert round(one["totalRefundAmount"]["currencyAmount"] * 100) == total


def test_customers_are_named_with_canaries(walmart: WalmartClient) -> None:
    for one in pages(walmart, limit=200):
        assert {one["customerEmailId"], *one["customerName"].values()} <= set(CANARIES)


def test_one_return_by_its_id_and_those_of_one_order(walmart: WalmartClient) -> None:
    one = pages(walmart)[3]
    assert pages(walmart, returnOrderId=one["returnOrderId"]) == [one]
    assert one in pages(walmart, customerOrderId=one["customerOrderId"])
    assert pages(walmart, returnOrderId="1") == []
