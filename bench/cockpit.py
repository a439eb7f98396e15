"""The cockpit over made data, for the probe: `python -m bench.cockpit [--skus N] [--home DIR] [--lag FILE]`.

Without a home, a board that fills 40 rows; each `r` shows what happened next: three gauges changed, then an hour
passed, then nothing. With one, the workspace `bench` in it as it is. The inventory has N SKUs that were made here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread

from kpiterm.analysis.inventory.order.line import Line, Part, Selling
from kpiterm.analysis.inventory.order.plan import Plan
from kpiterm.analysis.pages.inventory import InventoryPage
from kpiterm.analysis.view import AccountStatusView, Gauge, Span, Target, View
from kpiterm.cli.session import Session
from kpiterm.paths import Paths
from kpiterm.tui import pauses
from kpiterm.tui.app import KpitermApp, utc_now
from kpiterm.tui.feed import Feed, Post, SnapshotFeed
from kpiterm.tui.messages import FeedUpdate, PageKey, PageUpdate
from kpiterm.tui.sync_process import SyncProcess

Late = list[tuple[float, float]]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
READING = 0.5
"""Seconds that a page takes to be read, in which its screen is there already."""
EVERY = 0.005
"""Seconds between two looks whether the event loop is late."""
_KPIS = 24
_CHANGED = (1, 8, 12)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cockpit", description=__doc__)
    parser.add_argument("--skus", type=int, default=0)
    parser.add_argument("--home", type=Path)
    parser.add_argument(
        "--lag", type=Path, metavar="FILE", help="where to write when the event loop was how many ms late"
    )
    parser.add_argument("--bare", action="store_true", help="no cockpit: how late a loop is that has nothing to do")
    args = parser.parse_args()
    if args.bare:
        args.lag.write_text(json.dumps(asyncio.run(_bare())))
        return
    story = Story(args.skus)
    feed: Feed = _real(args.home, args.skus) if args.home else story
    watched = Watched(feed)
    clock = utc_now if args.home else story.clock
    KpitermApp(
        feed=watched if args.lag else feed, sync=SyncProcess(["false"]), workspace="bench", version="0", clock=clock
    ).run()
    if args.lag:
        args.lag.write_text(json.dumps(watched.late))


async def _bare() -> Late:
    """What the machine itself makes late: a loop that has nothing else to do, until the standard input ends."""
    late: Late = []
    watching = asyncio.create_task(watch(late))
    await asyncio.to_thread(sys.stdin.read)
    watching.cancel()
    return late


async def watch(late: Late) -> None:
    """Note in `late` when this was to run, and how many ms later it did."""
    while True:
        began = time.monotonic()
        await asyncio.sleep(EVERY)
        late.append((began, 1000 * (time.monotonic() - began - EVERY)))


class Watched:
    """A feed beside which is noted how late the event loop comes back to a task that wants to run all the time."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self.late: Late = []
        self.show, self.reread, self.stop = feed.show, feed.reread, feed.stop

    def start(self, post: Post) -> None:
        self._task = asyncio.get_running_loop().create_task(watch(self.late))
        self._feed.start(post)


class Story:
    """A feed that goes on at every `reread`."""

    def __init__(self, skus: int) -> None:
        self._stock = ThreadPoolExecutor(1).submit(inventory, skus)
        self._rereads = 0
        self._passed = timedelta(0)
        self._post: Post | None = None

    def clock(self) -> datetime:
        return NOW + self._passed

    def start(self, post: Post) -> None:
        self._post = post
        post(FeedUpdate(self._view()))

    def show(self, page: PageKey | None) -> None:
        if page == ("inventory",):
            Thread(target=self._turn, args=(page,), daemon=True).start()

    def _turn(self, page: PageKey) -> None:
        content = self._stock.result()
        Event().wait(READING)
        pauses.keep()  # as the reader of real pages does
        if self._post:
            self._post(PageUpdate(page, content))

    def reread(self) -> None:
        self._rereads += 1
        if self._rereads == 2:
            self._passed = timedelta(hours=1)
        if self._post:
            self._post(FeedUpdate(self._view()))

    def stop(self) -> None:
        self._post = None

    def _view(self) -> View:
        gauges = list(board())
        for place in _CHANGED if self._rereads else ():
            value = gauges[place].value or Decimal(0)
            gauges[place] = replace(gauges[place], value=value + 1234, change=Decimal(1334), state="watch")
        return View(
            workspace="bench", as_of=NOW - timedelta(minutes=5), currency="USD", snapshot="snap-1.duckdb",
            gauges=tuple(gauges), accounts=tuple(map(_account, ("jp-main", "us-main", "旗舰店"))),
        )  # fmt: skip


def _real(home: Path, skus: int) -> SnapshotFeed:
    session = Session(paths=Paths(home, "bench"), lang=None, as_of=None, json=False, quiet=True, verbose=False)
    return SnapshotFeed(lambda: session.view(None), session.paths.current, pages={"inventory": lambda: inventory(skus)})


def _account(name: str) -> AccountStatusView:
    at = NOW - timedelta(minutes=3)
    return AccountStatusView(name=name, connector="amazon", last_sync=at, status="ok", error=None, streams=())


def board() -> Sequence[Gauge]:
    """As many gauges as a terminal of 40 rows has lines for, one in six of them by channel."""
    found: list[Gauge] = []
    for number in range(_KPIS):
        channels = ("all", "amazon.com", "shopify", "walmart.com") if number % 6 == 0 else ("all",)
        found += [_gauge(number, channel) for channel in channels]
    return found


def _gauge(number: int, channel: str) -> Gauge:
    value = Decimal(20_000 + 7919 * number)
    return Gauge(
        id=f"kpi{number}", name=f"Sales of kind {number}", channel=channel, value=value, unit="money", currency="USD",
        period=Span(date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 21)), numerator=None, denominator=None,
        direction="up", target=Target(">=", Decimal(25_000)), weight=None, state="ok" if number else "watch",
        reason=None, maturity="settling", data_through=date(2026, 11, 21), sources=("amazon:us-main",),
        previous=value - 100, change=Decimal(100), history=tuple(value + (step * 37) % 90 for step in range(13)),
        definition_version=1, definition_hash="sha256:0",
    )  # fmt: skip


def inventory(skus: int) -> InventoryPage:
    """A plan of so many SKUs, three in four of which need an order."""
    plan = Plan(
        as_of=NOW, today={"amazon.com": NOW.date()}, review=7, lines=tuple(map(_line, range(skus))), excess=(), cash=()
    )
    return InventoryPage(plan)


def _line(number: int) -> Line:
    quantity, by = (number % 4) * 120, date(2026, 11, 1) + timedelta(days=number * 7919 % 199)
    title = f"A product of size {number % 97}{'' if number % 50 else f' #{number // 50 % 7}'}"
    selling = Selling(window=56, raw=6.0, shown=6.4, week=7.0, before=6.0, in_stock=50, days=200, trend=0)
    part = Part(mode="sea", quantity=quantity, order_by=by, arrives=by + timedelta(days=50))
    return Line(
        account="us-main", channel="amazon.com", sku=f"SKU-{number:05}", title=title,
        available=number % 300, inbound=30, daily=6.4, lead=(52, 66), gone=by, gone_early=by, order_by=by,
        late=by < NOW.date(), quantity=quantity, mode="sea", parts=(part,), lasts=by + timedelta(days=90), service=0.95,
        lost=12.0, lost_without=90.0, lost_waiting=20.0, aged=0.0, margin=Decimal(8), unit_cost=Decimal(5),
        cash=Decimal(5 * quantity), currency="USD", moq=120, carton=24, constraints=("moq",),
        waterfall={"base": quantity}, selling=selling, holiday=None, events=(), transfers=(), advice=(),
    )  # fmt: skip


if __name__ == "__main__":
    main()
