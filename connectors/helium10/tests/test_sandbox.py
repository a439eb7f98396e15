"""Every stream against the simulated Helium 10, over HTTP: the shop's own figures come back, and only by reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from kpiterm.plugins import AuthError, Context, Window
from kpiterm.sandbox import Sandbox, helium10
from kpiterm_helium10 import probes
from kpiterm_helium10.connector import HELIUM10
from kpiterm_helium10.tools import READ_ONLY

if TYPE_CHECKING:
    from conftest import Host

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 11, 19, 8, tzinfo=UTC))


class Server(NamedTuple):
    sandbox: Sandbox
    calls: list[str]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    calls: list[str] = []
    build = partial(helium10.build, calls=calls)
    shop: dict[str, Any] = {
        "days": 40,
        "orders_per_day": 10,
        "skus": 6,
        "report_seconds": 0.05,
        "throttle": False,
        "now": NOW,
    }
    with Sandbox(vendors=(build,), **shop) as running:
        yield Server(running, calls)


@pytest.fixture
def ctx(host: Host, server: Server) -> Context:
    (account,) = server.sandbox.accounts
    settings, secrets = account.settings, account.secrets
    return host.context(sandbox=server.sandbox.url, settings=settings, secrets=secrets, sleep=shortly)


def shortly(seconds: float) -> None:
    """A tenth of what was asked for."""
    Event().wait(seconds / 10)


def test_the_account_test_is_content(ctx: Context) -> None:
    found = list(probes.test(ctx))
    assert [probe for probe in found if not probe.ok] == []
    assert {"sign in", "profits", "inventory", "ranks", "ads", "markets"} <= {probe.name for probe in found}


def test_a_wrong_token_is_named_by_the_account_test(host: Host, server: Server) -> None:
    ctx = host.context(sandbox=server.sandbox.url, secrets={"token": "h10_mcp_wrong"})
    (sign_in, _) = probes.test(ctx)
    assert not sign_in.ok
    assert "kpiterm account add" in sign_in.detail
    with pytest.raises(AuthError):
        host.sync(ctx, "profits", WINDOW)


def test_profits_are_those_of_the_shop(host: Host, ctx: Context, server: Server) -> None:
    host.sync(ctx, "profits", WINDOW)
    shop = server.sandbox.shop
    first, last = WINDOW.days(ctx.tz)[0], WINDOW.days(ctx.tz)[-1]
    sales, units, days = host.rows(
        "select sum(estimate) filter (metric = 'profits_sales'), sum(estimate) filter (metric = 'profits_units'), "
        "count(distinct day) from market_estimate where item_id is null"
    )[0]
    known = shop.sales(first, last, at=NOW)
    assert sales >= Decimal(known.gmv) / 100  # orders whose price is not shown yet are counted there
    assert (units, days) == (known.units, 18)


def test_products_add_up_to_the_account(host: Host, ctx: Context) -> None:
    day = Window(WINDOW.start, WINDOW.start + timedelta(days=1))
    for name in ("profits", "profits-products"):
        host.sync(ctx, name, day)
    for metric in ("profits_sales", "profits_units", "profits_ad_spend"):
        account, products = host.rows(
            f"select sum(estimate) filter (item_id is null), sum(estimate) filter (item_id is not null) "
            f"from market_estimate where metric = '{metric}'"
        )[0]
        assert account == products > 0


def test_stock_is_that_of_the_shop(host: Host, ctx: Context, server: Server) -> None:
    host.sync(ctx, "inventory", Window(NOW - timedelta(days=1), NOW))
    found = dict(host.rows("select item_id, estimate from market_estimate where metric = 'inventory_available'"))
    assert found == {level.product.asin: level.fulfillable for level in server.sandbox.shop.stock(at=NOW)}


def test_ads_are_those_of_the_shop(host: Host, ctx: Context, server: Server) -> None:
    host.sync(ctx, "ads", WINDOW)
    totals = server.sandbox.shop.ad_totals(WINDOW.days(ctx.tz)[0], WINDOW.days(ctx.tz)[-1], at=NOW)
    found = dict(host.rows("select metric, sum(estimate) from market_estimate group by 1"))
    assert found["ads_spend"] == Decimal(totals.cost) / 100
    assert found["ads_clicks"] == totals.clicks
    assert found["ads_sales"] == Decimal(totals.attributed("sales", 7)) / 100


def test_ranks_keep_bounds_and_gaps(host: Host, ctx: Context, server: Server) -> None:
    host.sync(ctx, "ranks", WINDOW)
    counted = host.rows("select count(*), count(distinct item_id) from keyword_rank where kind = 'organic'")
    assert counted == [(18 * len(server.sandbox.shop.products), len(server.sandbox.shop.products))]
    assert host.rows("select max(rank) from keyword_rank")[0][0] <= 306


def test_markets_are_whole_weeks_of_estimates(host: Host, ctx: Context) -> None:
    host.sync(ctx, "markets", WINDOW)
    weeks = host.rows("select distinct day, dayname(day) from market_estimate order by 1")
    assert [name for _, name in weeks] == ["Sunday"] * 2
    assert any("asking again" in text for text in host.logs)


def test_only_tools_that_read_are_called(host: Host, ctx: Context, server: Server) -> None:
    for stream in HELIUM10.streams:
        host.sync(ctx, stream.name, WINDOW)
    assert server.calls
    assert set(server.calls) <= READ_ONLY
