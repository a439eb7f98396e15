"""Walmart's advice on what to send in: the market named in headers, one shape in the example, another in the schema."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm_walmart.restock import RESTOCK

if TYPE_CHECKING:
    from conftest import Host, Rows

    Read = Callable[..., dict[str, Rows]]


def advice(item: str, units: object = 7, days: object = 12, lift: object = 84.5) -> dict[str, Any]:
    insights = {"daysOfSupply": days, "suggestedUnits": units, "forecastedSalesLift": lift, "customerFavorite": True}
    return {"sku": f"S{item}", "itemId": item, "stockStatus": "At risk", "insights": insights}


def listed(*items: dict[str, Any], total: int | None = None) -> httpx.Response:
    return httpx.Response(200, json={"status": "OK", "payload": {"recommendedItems": items, "totalRecords": total}})


def estimates(host: Host, read: Read, answer: Callable[[httpx.Request], httpx.Response]) -> set[tuple[Any, ...]]:
    rows = read("wfs-restock", host.fetch("wfs-restock", answer))["market_estimate"]
    assert {(r["day"], r["bound"]) for r in rows} <= {(date(2026, 11, 20), "exact")}
    return {(r["item_id"], r["metric"], r["estimate"], r["currency"]) for r in rows}


def test_advice_is_kept_as_estimates(host: Host, read: Read) -> None:
    assert estimates(host, read, lambda _: listed(advice("5"), advice("6", days=None, lift=None), total=2)) == {
        ("5", "wfs_restock_units", Decimal(7), None),
        ("5", "wfs_restock_days_of_supply", Decimal(12), None),
        ("5", "wfs_restock_sales_lift", Decimal("84.5"), "USD"),
        ("6", "wfs_restock_units", Decimal(7), None),
    }


def test_insights_may_be_a_list_as_the_schema_says(host: Host, read: Read) -> None:
    item = advice("5", lift=None)
    assert estimates(host, read, lambda _: listed(item | {"insights": [item["insights"]]}, total=1)) == {
        ("5", "wfs_restock_units", Decimal(7), None), ("5", "wfs_restock_days_of_supply", Decimal(12), None),
    }  # fmt: skip


def test_walmarts_own_example(host: Host, read: Read, fixture: Callable[[str], Any]) -> None:
    """Its total is under another name than in the schema: a page that is not full is the last one."""
    body = fixture("recommendations-api.getRestockRecommendations.200")
    assert estimates(host, read, lambda _: httpx.Response(200, json=body)) == {
        ("180901654", "wfs_restock_units", Decimal(7), None),
        ("180901654", "wfs_restock_days_of_supply", Decimal(0), None),
        ("180901654", "wfs_restock_sales_lift", Decimal(0), "USD"),
    }
    assert len(host.requests) == 1


def test_the_market_is_named_in_headers(host: Host) -> None:
    host.fetch("wfs-restock", lambda _: listed())
    (asked,) = host.asked(RESTOCK)
    assert [asked.headers[name] for name in ("WM_GLOBAL_VERSION", "WM_MARKET", "wm_audit.origin_source")] == [
        "3.1", "US", "SELLER_API",
    ]  # fmt: skip
    assert asked.url.params["limit"] == "300"


def test_pages_are_counted_by_what_came(host: Host) -> None:
    pages = {"0": listed(advice("5"), advice("6"), total=3), "2": listed(advice("7"), total=3)}
    assert len(host.fetch("wfs-restock", lambda request: pages[request.url.params["offset"]])) == 2


@pytest.mark.parametrize("answer", [httpx.Response(404), httpx.Response(204), listed(), listed(total=0)])
def test_sellers_without_goods_at_walmart_have_no_advice(host: Host, answer: httpx.Response) -> None:
    assert host.fetch("wfs-restock", lambda _: answer) == []
