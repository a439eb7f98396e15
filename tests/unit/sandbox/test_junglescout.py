"""The simulated Jungle Scout: its headers, its pages, and estimates that are never the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from kpiterm.sandbox import Sandbox
from kpiterm.sandbox.junglescout import HOST

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
DAYS = {"start_date": "2026-11-01", "end_date": "2026-11-14"}


class Client:
    """A plain client of the API."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        (self.account,) = sandbox.accounts
        self.http = httpx.Client(base_url=sandbox.url)
        self.headers = {
            "Host": HOST,
            "Authorization": f"{self.account.settings['key_name']}:{self.account.secrets['api_key']}",
            "X_API_Type": "junglescout",
            "Accept": "application/vnd.junglescout.v1+json",
            "Content-Type": "application/vnd.api+json",
        }

    def get(self, path: str, headers: Any = None, **params: str) -> httpx.Response:
        query = {"marketplace": "us"} | params
        return self.http.get(f"/api/{path}", params=query, headers=self.headers | (headers or {}))

    def post(self, path: str, attributes: dict[str, Any], **params: str) -> httpx.Response:
        body = {"data": {"type": path.rpartition("/")[2], "attributes": attributes}}
        return self.http.post(f"/api/{path}", json=body, params={"marketplace": "us"} | params, headers=self.headers)

    @property
    def categories(self) -> list[str]:
        return self.account.settings["categories"].split(";")


@pytest.fixture
def start() -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def started(**options: Any) -> Client:
        usual: dict[str, Any] = {"now": NOW, "throttle": False, "days": 60, "skus": 20, "orders_per_day": 12}
        client = Client(Sandbox(vendors=("junglescout",), **(usual | options)).start())
        clients.append(client)
        return client

    yield started
    for client in clients:
        client.http.close()
        client.sandbox.stop()


def test_each_header_is_needed(start: Callable[..., Client]) -> None:
    client = start()
    asin = client.sandbox.shop.products[0].asin
    assert client.get("sales_estimates_query", asin=asin, **DAYS).status_code == 200
    for header, value, status in (
        ("Authorization", f"Bearer {client.headers['Authorization']}", 401), ("X_API_Type", "", 400),
        ("Accept", "application/json", 406), ("Content-Type", "application/json", 406),
    ):  # fmt: skip
        assert client.get("sales_estimates_query", {header: value}, asin=asin, **DAYS).status_code == status, header
    assert client.get("sales_estimates_query", marketplace="xx", asin=asin, **DAYS).status_code == 422
    assert client.get("anything").status_code == 404


def test_estimates_are_near_the_truth_and_not_the_truth(start: Callable[..., Client]) -> None:
    client = start(orders_per_day=200)
    product = max(client.sandbox.shop.products, key=lambda p: p.weight)
    (record,) = client.get("sales_estimates_query", asin=product.asin, **DAYS).json()["data"]
    believed = sum(day["estimated_units_sold"] for day in record["attributes"]["data"])
    first = datetime(2026, 11, 1, tzinfo=UTC).date()
    sold = sum(
        line.quantity
        for n in range(14)
        for order in client.sandbox.shop.day_orders(first + timedelta(days=n))
        for line in order.lines
        if line.product == product
    )
    assert believed != sold
    assert 0.5 * sold < believed < 2 * sold


def test_a_parent_is_marked_and_holds_its_family(start: Callable[..., Client]) -> None:
    client = start()
    parent = client.sandbox.shop.products[0].parent_asin
    (record,) = client.get("sales_estimates_query", asin=parent, **DAYS).json()["data"]
    assert record["attributes"]["is_parent"]
    family = [p for p in client.sandbox.shop.products if p.parent_asin == parent]
    assert record["attributes"]["variants"] == [p.asin for p in family]
    parts = [client.get("sales_estimates_query", asin=p.asin, **DAYS).json()["data"][0] for p in family]

    def units(found: dict[str, Any]) -> int:
        return sum(day["estimated_units_sold"] for day in found["attributes"]["data"])

    assert units(record) == sum(map(units, parts))


def test_pages_lead_to_the_end_once(start: Callable[..., Client]) -> None:
    client = start()
    asins = [p.asin for p in client.sandbox.shop.products[:3]]
    names, page = [], client.post("keywords/keywords_by_asin_query", {"asins": asins}, **{"page[size]": "20"}).json()
    while True:
        names += [record["attributes"]["name"] for record in page["data"]]
        if not page["links"]["next"]:
            break
        query = urlsplit(page["links"]["next"]).query
        body = {"data": {"type": "keywords_by_asin_query", "attributes": {"asins": asins}}}
        page = client.http.post(
            f"/api/keywords/keywords_by_asin_query?{query}", json=body, headers=client.headers
        ).json()
    assert len(names) == len(set(names)) == page["meta"]["total_items"] > 20


def test_limits_of_the_queries(start: Callable[..., Client]) -> None:
    client = start()
    asins = [p.asin for p in client.sandbox.shop.products[:11]]
    assert client.post("keywords/keywords_by_asin_query", {"asins": asins}).status_code == 422
    assert client.post("keywords/keywords_by_keyword_query", {"search_terms": "mat"}).status_code == 422
    wrong = {"search_terms": "mat", "categories": ["Spacecraft"]}
    assert client.post("keywords/keywords_by_keyword_query", wrong).status_code == 422
    assert (
        client.post("product_database_query", {"categories": client.categories}, **{"page[size]": "500"}).status_code
        == 422
    )
    assert client.get("sales_estimates_query", asin="short", **DAYS).status_code == 422
    assert (
        client.get(
            "keywords/historical_search_volume", keyword="x", start_date="2020-01-01", end_date="2026-01-01"
        ).status_code
        == 422
    )


def test_the_database_has_parents_and_their_members(start: Callable[..., Client]) -> None:
    client = start()
    asked = {"categories": client.categories, "include_keywords": [client.account.settings["keywords"].split(";")[0]]}
    page = client.post("product_database_query", asked, **{"page[size]": "100"}).json()
    kinds = {record["attributes"]["is_parent"] for record in page["data"]}
    assert kinds == {True, False}
    assert len(client.post("product_database_query", {"categories": client.categories}).json()["data"]) == 10


def test_weeks_of_search_volume(start: Callable[..., Client]) -> None:
    client = start()
    span = {"start_date": "2026-10-28", "end_date": "2026-11-14"}
    weeks = client.get("keywords/historical_search_volume", keyword="bath mat", **span).json()["data"]
    assert [week["attributes"]["estimate_start_date"] for week in weeks] == ["2026-10-28", "2026-11-01", "2026-11-08"]


def test_the_quota_is_fifteen_at_once(start: Callable[..., Client]) -> None:
    client = start(throttle=True)
    statuses = [client.get("share_of_voice", keyword="mat").status_code for _ in range(30)]
    assert statuses[:15] == [200] * 15
    assert 429 in statuses
    assert client.sandbox.throttled["junglescout"] > 0
