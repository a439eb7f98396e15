"""The simulated Helium 10: its protocol's rules, and figures that are the shop's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from kpiterm.sandbox import Sandbox
from kpiterm.sandbox.helium10 import MARKETS_HOST, MCP_HOST, seller

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
BOTH = "application/json, text/event-stream"
SPAN = {"current_date_from": "2026-11-10", "current_date_to": "2026-11-12"}


class Client:
    """A plain MCP client: keeps the session's id and the gateway's."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        (self.account,) = sandbox.accounts
        self.http = httpx.Client(base_url=sandbox.url)
        self.headers = {"Host": MCP_HOST, "Authorization": self.account.secrets["token"], "Accept": BOTH}
        self.gateway: str | None = None

    def post(self, method: str, params: Any = None, number: Any = 1, **headers: str) -> httpx.Response:
        message = {"jsonrpc": "2.0", "method": method, "params": params or {}}
        body = message | ({"id": number} if number is not None else {})
        return self.http.post("/mcp", json=body, headers=self.headers | headers)

    def open(self) -> Client:
        answer = self.post("initialize", {"protocolVersion": "2025-06-18"})
        self.headers["Mcp-Session-Id"] = answer.headers["mcp-session-id"]
        assert self.post("notifications/initialized", number=None).status_code == 202
        return self

    def call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The result of a tool, out of its event stream."""
        session = {"session_id": self.gateway} if self.gateway else {}
        answer = self.post("tools/call", {"name": tool, "arguments": arguments | session})
        assert answer.headers["content-type"] == "text/event-stream"
        events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
        assert "method" in events[0]
        result: dict[str, Any] = events[-1]["result"]
        for part in result["content"]:
            if part["text"].startswith("[gateway-meta]"):
                self.gateway = part["text"].partition("=")[2]
        return result

    def data(self, tool: str, arguments: dict[str, Any]) -> Any:
        return json.loads(self.call(tool, arguments)["content"][0]["text"])["data"]

    def market(self, path: str, key: str | None = None, **params: str) -> httpx.Response:
        bearer = f"Bearer {key or self.account.secrets['market_tracker_key']}"
        return self.http.get(
            f"/public-api/v1/markets/{path}", params=params, headers={"Host": MARKETS_HOST, "Authorization": bearer}
        )


@pytest.fixture
def start() -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def started(**options: Any) -> Client:
        usual: dict[str, Any] = {
            "now": NOW,
            "throttle": False,
            "days": 40,
            "skus": 8,
            "orders_per_day": 12,
            "report_seconds": 0.0,
        }
        client = Client(Sandbox(vendors=("helium10",), **(usual | {"report_seconds": 0.0} | options)).start())
        clients.append(client)
        return client

    yield started
    for client in clients:
        client.http.close()
        client.sandbox.stop()


def test_the_token_is_taken_bare_only(start: Callable[..., Client]) -> None:
    client = start()
    token = client.account.secrets["token"]
    assert token.startswith("h10_mcp_")
    assert client.post("initialize").status_code == 200
    for wrong in (f"Bearer {token}", "h10_mcp_other", ""):
        assert client.post("initialize", Authorization=wrong).status_code == 401


def test_a_session_is_needed_known_and_can_be_ended(start: Callable[..., Client]) -> None:
    client = start()
    assert client.post("tools/list").status_code == 400
    client.open()
    assert client.post("tools/list").status_code == 200
    assert client.post("tools/list", **{"MCP-Protocol-Version": "1999-01-01"}).status_code == 400
    assert client.http.delete("/mcp", headers=client.headers).status_code == 204
    assert client.post("tools/list").status_code == 404


def test_both_media_types_must_be_accepted_and_get_is_not_offered(start: Callable[..., Client]) -> None:
    client = start()
    assert client.post("initialize", Accept="application/json").status_code == 406
    assert client.http.get("/mcp", headers=client.headers).status_code == 405


def test_tools_come_in_pages_and_one_of_them_writes(start: Callable[..., Client]) -> None:
    client = start().open()
    first = client.post("tools/list").json()["result"]
    rest = client.post("tools/list", {"cursor": first["nextCursor"]}).json()["result"]
    assert "nextCursor" not in rest
    names = {tool["name"] for tool in first["tools"] + rest["tools"]}
    assert {"get_inventory_values", "execute_ads_query", "sync_listing_to_amazon"} <= names
    assert not [name for name in names if name.startswith("get_wmt_")]  # no Walmart store is connected


def test_arguments_are_held_against_the_schema(start: Callable[..., Client]) -> None:
    client = start().open()
    for arguments in ({}, {"marketplace": ["XX"]}, {"marketplace": ["US"], "since": 1}, {"marketplace": "US"},
                      {"marketplace": ["US"], "page_size": 5000}):  # fmt: skip
        answer = client.post("tools/call", {"name": "get_inventory_values", "arguments": arguments}).json()
        assert answer["error"]["code"] == -32602, arguments
    assert client.post("tools/call", {"name": "nothing"}).json()["error"]["code"] == -32602


def test_the_gateways_session_has_to_be_echoed(start: Callable[..., Client]) -> None:
    client = start().open()
    assert not client.call("get_inventory_values", {"marketplace": ["US"]})["isError"]
    assert client.gateway
    client.gateway = None
    assert client.call("get_inventory_values", {"marketplace": ["US"]})["isError"]


def test_calls_at_the_same_time_are_refused(start: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    entered, leave = threading.Event(), threading.Event()
    real = seller.profit

    def slow(*given: Any, **named: Any) -> Any:
        entered.set()
        leave.wait(10)
        return real(*given, **named)

    monkeypatch.setattr(seller, "profit", slow)
    client = start().open()
    ask = {**SPAN, "granularity": "day"}
    other = threading.Thread(target=client.call, args=("get_account_profit_and_loss_summary_series", ask))
    other.start()
    assert entered.wait(10)
    second = Client(client.sandbox).open()
    refused = second.call("get_inventory_values", {"marketplace": ["US"]})
    leave.set()
    other.join()
    second.http.close()
    assert refused["isError"]
    assert "concurrent" in refused["content"][0]["text"]


def test_profits_are_the_shops_and_products_add_up(start: Callable[..., Client]) -> None:
    client = start().open()
    metrics = client.data("get_account_profit_and_loss_summary_series", {**SPAN, "granularity": "day"})["metrics"]
    series = {metric["metric_key"]: metric["values"] for metric in metrics}
    days = [datetime(2026, 11, n, tzinfo=UTC).date() for n in (10, 11, 12)]
    known = client.sandbox.shop.sales(days[0], days[-1], at=NOW)
    assert list(series["sales"]) == [str(day) for day in days]
    assert sum(series["units_sold"].values()) == known.units
    assert sum(series["sales"].values()) * 100 >= known.gmv  # pending orders count
    assert all(value < 0 for value in series["advertising_cost"].values())
    asked = {**SPAN, "product_level": "asin", "page_size": 1000, "sort_by": "sales"}
    rows = client.data("get_product_profit_and_loss_summary", asked)["rows"]
    assert sum(row["metrics"]["units_sold"] for row in rows) == known.units
    assert [row["metrics"]["sales"] for row in rows] == sorted((row["metrics"]["sales"] for row in rows), reverse=True)
    cut = client.data("get_product_profit_and_loss_summary", asked | {"page_size": 2})["rows"]
    assert cut == rows[:2]


def test_weeks_begin_on_mondays_and_other_sellers_have_nothing(start: Callable[..., Client]) -> None:
    client = start().open()
    asked = {**SPAN, "granularity": "week"}
    metrics = client.data("get_account_profit_and_loss_summary_series", asked)["metrics"]
    assert list(metrics[0]["values"]) == ["2026-11-09"]
    others = client.data("get_account_profit_and_loss_summary_series", asked | {"seller_ids": ["AOTHER"]})["metrics"]
    assert not any(metric["values"] for metric in others)
    assert client.call("get_keywords_rank_history", {
        "marketplace": ["UK"], "date_from": "2026-11-10", "date_to": "2026-11-11",
    })["content"][0]["text"] == "no_result"  # fmt: skip


def test_ranks_have_bounds(start: Callable[..., Client]) -> None:
    client = start(skus=40).open()
    asked = {"marketplace": ["US"], "date_from": "2026-11-10", "date_to": "2026-11-14"}
    rows = client.data("get_keywords_rank_history", asked)["rows"]
    ranks = [rank for row in rows for rank in row["organic_rank"]["values"].values()]
    assert ">306" in ranks
    assert all(1 <= rank <= 306 for rank in ranks if isinstance(rank, int))


def test_no_step_of_the_ads_query_may_be_skipped(start: Callable[..., Client]) -> None:
    client = start().open()
    profile = client.account.settings["ads_profile_id"]
    query = {"platform": "amazon", "level": "campaign", "profile_ids": [profile], "dimensions": ["date"],
             "measures": ["spend", "clicks"], "date_from": "2026-11-10", "date_to": "2026-11-12"}  # fmt: skip
    assert "call get_ads_query_platforms first" in client.call("execute_ads_query", query)["content"][0]["text"]
    level = {"platform": "amazon", "level": "campaign"}
    client.call("get_ads_query_platforms", {})
    client.call("get_ads_query_list", {"platform": "amazon"})
    client.call("get_ads_query_schema", level)
    assert client.data("get_ads_query_materials", level)["profiles"][0]["id"] == profile
    found = client.data("execute_ads_query", query)
    totals = client.sandbox.shop.ad_totals(*(datetime(2026, 11, n, tzinfo=UTC).date() for n in (10, 12)), at=NOW)
    assert found["columns"] == ["date", "spend", "clicks"]
    assert round(sum(row[1] for row in found["rows"]) * 100) == totals.cost
    denied = client.call("execute_ads_query", query | {"profile_ids": ["7"]})
    assert denied["isError"]


def test_the_quota_is_kept(start: Callable[..., Client]) -> None:
    client = start(throttle=True).open()
    statuses = [client.post("ping").status_code for _ in range(40)]
    assert 429 in statuses
    assert client.sandbox.throttled["helium10:mcp"] > 0


def test_market_reports_are_made_on_demand(start: Callable[..., Client]) -> None:
    client = start(report_seconds=3600)
    path = f"{client.account.settings['market_ids']}/sales"
    span = {"filter[dateFrom]": "2026-11-02", "filter[dateTo]": "2026-11-18", "limit": "1000"}
    assert client.market(path, **span).status_code == 202
    client.sandbox.clock.move(timedelta(hours=2))
    report = client.market(path, **span).json()
    intervals = report["meta"]["intervals"]
    assert [(i["intervalStart"][:10], i["intervalEnd"][:10]) for i in intervals] == [
        ("2026-11-02", "2026-11-07"), ("2026-11-08", "2026-11-14"), ("2026-11-15", "2026-11-18"),
    ]  # fmt: skip
    own = {product.asin for product in client.sandbox.shop.products}
    assert own < {row["resultAsin"] for row in report["data"]}
    assert all(f"interval{n}" in row for row in report["data"] for n in (1, 2, 3))


def test_markets_know_their_key_their_market_and_their_span(start: Callable[..., Client]) -> None:
    client = start()
    market = client.account.settings["market_ids"]
    assert client.market(f"{market}/sales", key="other").status_code == 401
    assert client.market("1/sales").status_code == 404
    assert client.market(f"{market}/sales").status_code == 422
