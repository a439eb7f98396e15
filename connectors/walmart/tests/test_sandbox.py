"""What Walmart knows of the goods in its warehouses, from the simulated Walmart over HTTP: its lists must agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kpiterm.plugins import Context, Window
from kpiterm.sandbox.server import Sandbox
from kpiterm.sandbox.walmart import WalmartShop
from kpiterm_walmart import probes
from kpiterm_walmart.connector import WALMART

if TYPE_CHECKING:
    from conftest import Host, Rows

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
LATER = timedelta(days=40)
Fetched = Callable[[str], "dict[str, Rows]"]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A shop that opened before the day of the test, so that shipments have arrived; pages of two entries."""
    with Sandbox(
        vendors=("walmart",), days=30, orders_per_day=60, skus=24, throttle=False, report_seconds=0, now=NOW, lag=False,
        longest_page=2,
    ) as running:  # fmt: skip
        running.clock.move(LATER)
        yield running


@pytest.fixture
def ctx(host: Host, sandbox: Sandbox) -> Context:
    (account,) = sandbox.accounts
    return host.context(sandbox=sandbox.url, settings=account.settings, secrets=account.secrets, now=NOW + LATER)


@pytest.fixture
def fetched(ctx: Context, read: Callable[..., dict[str, Rows]]) -> Fetched:
    def fetch(name: str) -> dict[str, Rows]:
        stream = WALMART.stream(name)
        assert stream
        return read(name, stream.fetch(ctx, Window(ctx.now - stream.history, ctx.now - stream.lag)))

    return fetch


def test_the_account_test_is_content(ctx: Context) -> None:
    """But for advertising, whose requests bear this machine's moment."""
    assert [probe.name for probe in probes.test(ctx) if not probe.ok] == ["advertising"]


def test_shipments_under_way_are_the_units_inbound(fetched: Fetched, sandbox: Sandbox) -> None:
    rows = fetched("wfs-inbound")["inbound"]
    open_, closed = Counter[str](), 0
    for row in rows:
        open_[row["sku"]] += row["shipped"] - row["received"]
        closed += row["status"] == "CLOSED"
    stock = {row["sku"]: row["inbound"] for row in fetched("wfs-inventory")["stock_level"]}
    assert {sku: units for sku, units in open_.items() if units} == {sku: n for sku, n in stock.items() if n} != {}
    truth = [entry for entry in WalmartShop(sandbox.shop).stock(at=NOW + LATER) if entry.item.wfs]
    assert {entry.item.product.sku for entry in truth} == stock.keys()
    assert closed, "what has arrived stays in the list"
    assert all(row["created_at"] < row["arrives_at"] for row in rows)


def test_restock_advice_is_that_of_the_stock(fetched: Fetched) -> None:
    def units(table: Rows, metric: str) -> dict[str, int]:
        return {r["item_id"]: int(r["estimate"]) for r in table if r["metric"] == metric and r["estimate"]}

    restock, stock = (fetched(name)["market_estimate"] for name in ("wfs-restock", "wfs-inventory"))
    assert units(restock, "wfs_restock_units") == units(stock, "wfs_suggested_units") != {}
    assert {r["currency"] for r in restock if r["metric"] == "wfs_restock_sales_lift"} == {"USD"}


def test_an_empty_answer_lifts_the_limit_too(host: Host) -> None:
    """In the sandbox without quotas a 404 for nothing must not leave one look a minute behind."""
    with Sandbox(
        vendors=("walmart",), days=2, orders_per_day=0, skus=4, throttle=False, report_seconds=0, now=NOW
    ) as empty:
        (account,) = empty.accounts
        context = host.context(sandbox=empty.url, settings=account.settings, secrets=account.secrets, now=NOW)
        stream = WALMART.stream("performance")
        assert stream
        for _ in range(3):
            list(stream.fetch(context, Window(NOW - timedelta(days=1), NOW)))
    assert max(host.slept) < 1
