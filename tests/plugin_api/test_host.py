"""The host that authors test with: several runs of one account, and the rows that come of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from kpiterm.plugins import Context, DataError, Note, Payload, SettingError, Window
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.testing import Host
from tests.plugin_api.acme import ACME, API, HEALTH, ORDERS, SHAPE, acme

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/plugin-api.md"


@pytest.fixture
def host(kpiterm_host: Callable[..., Host]) -> Host:
    return kpiterm_host(ACME, settings={"shop": "mug-shop"})


def day(host: Host) -> Window:
    return Window(host.now - timedelta(days=1), host.now)


def test_a_stream_is_fetched_and_read_down_to_its_rows(host: Host) -> None:
    items = host.fetch("orders", acme, day(host))
    assert [type(item) for item in items] == [Payload, Note]
    (row,) = host.read(SHAPE, items)["order_line"]
    assert (row["order_id"], row["business_day"], row["item_price"]) == ("1", date(2026, 11, 19), Decimal("12.5"))
    assert [request.url.path for request in host.requests] == ["/token", "/orders"]


def test_rows_are_cut_by_the_days_of_the_place_that_is_asked_for(host: Host) -> None:
    payload = Payload(body=b'[{"id": "1", "sku": "A", "made": "2026-11-19T20:00:00Z"}]', format="json", request="x")
    (here,), (there,) = (
        host.read(SHAPE, [payload], place)["order_line"] for place in (None, MARKETPLACES["amazon.co.jp"])
    )
    assert (here["business_day"], there["business_day"]) == (date(2026, 11, 19), date(2026, 11, 20))


def test_what_the_host_would_refuse_is_refused(host: Host) -> None:
    with pytest.raises(DataError, match="not the JSON that was promised"):
        host.read(SHAPE, [Payload(body=b"<html>", format="json", request="GET /orders")])


def test_what_is_remembered_and_saved_outlasts_a_run_and_each_has_its_own_quota(host: Host) -> None:
    first = host.context(acme)
    first.remember("report", "r-1")
    first.save_secret("client_secret", "new")
    first.http.get(f"{API}/orders")
    second = host.context(acme, settings={"shop": "other"}, secrets={"client_secret": "x"}, now=host.now + ONE)
    assert (second.recall("report"), host.keyring) == ("r-1", {"client_secret": "new"})
    assert (second.settings["shop"], second.secrets["client_secret"], second.now) == ("other", "x", host.now + ONE)
    second.http.get(f"{API}/orders")
    assert host.slept == []
    second.remember("report", None)
    assert host.state == {}


ONE = timedelta(hours=1)


def test_waits_are_kept_and_take_no_time(host: Host) -> None:
    seen: list[int] = []
    host.on_sleep = lambda: seen.append(len(host.requests))
    ctx = host.context(acme)
    for _ in range(3):
        ctx.http.get(f"{API}/orders")
    ctx.sleep(86_400)
    assert host.slept == [pytest.approx(10, abs=1), pytest.approx(10, abs=1), 86_400]
    assert seen == [2, 3, 4], "each before the request that it delays"


def test_an_account_speaks_to_its_own_host_only(host: Host) -> None:
    assert host.fetch("health", acme, day(host))
    with pytest.raises(SettingError, match="may not send"):
        host.context(acme).http.get("https://other.shops.acme.com/health")


def test_what_all_tests_have_in_common_is_answered_by_a_subclass(tmp_path: Path) -> None:
    class AcmeHost(Host):
        def respond(self, handler: Callable[[httpx.Request], httpx.Response], request: httpx.Request) -> httpx.Response:
            return acme(request) if request.url.path == "/token" else super().respond(handler, request)

    host = AcmeHost(connector=ACME, directory=tmp_path)
    host.fetch("orders", lambda _: httpx.Response(200, json={"orders": [], "complete": True}), day(host))
    assert [request.url.path for request in host.requests] == ["/orders"]
    host.close()
    assert all(client.is_closed for client in host.clients)


def test_the_example_of_the_documentation_runs(kpiterm_host: Callable[..., Host]) -> None:
    def paged(ctx: Context, _window: Window) -> Iterator[Payload]:
        for page in (1, 2):
            answer = ctx.http.get(f"{API}/pages", params={"page": page})
            yield Payload(body=answer.content, format="json", request=f"page {page}")

    def vendor(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[{"id": f"100{request.url.params['page']}", "sku": "A"}])

    (code,) = re.findall(r"^  ```python\n(.*?)^  ```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    connector = replace(ACME, auth=None, streams=(replace(ORDERS, fetch=paged), HEALTH))
    known: dict[str, Any] = {
        "ACME": connector, "ORDERS": ORDERS, "Window": Window, "timedelta": timedelta, "vendor": vendor,
    }  # fmt: skip
    exec(re.sub("^  ", "", code, flags=re.MULTILINE), known)
    known["test_orders_are_paged"](kpiterm_host)
