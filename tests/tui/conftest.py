"""A board of realistic gauges, and a feed and a sync that a test works by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from kpiterm.analysis.view import AccountStatusView, Gauge, Span, StreamStatus, Target, View
from kpiterm.tui.app import KpitermApp
from kpiterm.tui.feed import Post
from kpiterm.tui.headless import Outcome, Table
from kpiterm.tui.messages import FeedError, FeedUpdate, PageKey, PageUpdate, SyncUpdate
from kpiterm.tui.sync_state import SyncState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 21))


def gauge(kpi: str, name: str, **values: Any) -> Gauge:
    """A gauge of November 2026; `values` are fields, numbers of `value` and `target` as text."""
    fields: dict[str, Any] = {
        "channel": "all", "period": NOVEMBER, "value": None, "numerator": None, "denominator": None, "unit": "ratio",
        "direction": "up", "currency": None, "target": None, "weight": None, "state": "ok", "reason": None,
        "maturity": "settling", "data_through": date(2026, 11, 21), "sources": ("amazon:us-main",), "previous": None,
        "change": None, "history": (), "definition_version": 3, "definition_hash": "sha256:4f1c9e27ab",
    }  # fmt: skip
    return Gauge(id=kpi, name=name, **(fields | values))


def board() -> tuple[Gauge, ...]:
    """Five KPIs, one of them by channel, one without data, one in yen."""
    return (
        gauge("gmv", "GMV", value=Decimal(412000), unit="money", currency="USD", state="watch", maturity="provisional",
              target=Target(">=", Decimal(480000)), previous=Decimal(371000), change=Decimal(41000),
              history=(Decimal(300), None, Decimal(371), Decimal(412))),
        gauge("gmv", "GMV", channel="amazon-jp", value=Decimal(15234567), unit="money", currency="JPY",
              data_through=date(2026, 11, 19)),
        gauge("gmv_mom", "GMV growth", value=Decimal("0.112"), state="watch", weight=Decimal(40),
              target=Target(">=", Decimal("0.15")), previous=Decimal("0.081"), change=Decimal("0.031")),
        gauge("acos", "广告成本 ACoS", value=Decimal("0.2604"), numerator=Decimal(26040), denominator=Decimal(100000),
              direction="down", weight=Decimal(25), target=Target("<=", Decimal("0.28")), previous=Decimal("0.2811"),
              change=Decimal("-0.0207"), history=(Decimal("0.30"), Decimal("0.2811"), Decimal("0.2604"))),
        gauge("acos", "广告成本 ACoS", channel="amazon-jp", value=Decimal("0.334"), direction="down", state="breach",
              target=Target("<=", Decimal("0.28")), previous=Decimal("0.31"), change=Decimal("0.024")),
        gauge("odr", "Order defect rate", value=Decimal("0.0112"), direction="down", state="breach", maturity="final",
              target=Target("<", Decimal("0.01")), weight=Decimal(20), previous=Decimal("0.0071"),
              change=Decimal("0.0041")),
        gauge("response_p90_h", "Response time", unit="hours", direction="down", weight=Decimal(15), state="no_data",
              target=Target("<=", Decimal(24)), reason="no source of customer contacts: import one", sources=(),
              data_through=None),
    )  # fmt: skip


def accounts() -> tuple[AccountStatusView, ...]:
    """One account that is well, one whose ads fail, one that was never synced."""

    def stream(name: str, **values: Any) -> StreamStatus:
        fields: dict[str, Any] = {
            "status": "ok", "last_run": NOW - timedelta(minutes=3), "watermark": NOW - timedelta(minutes=9),
            "rows": 12304, "error": None, "hint": None,
        }  # fmt: skip
        return StreamStatus(name=name, **(fields | values))

    failed = stream(
        "ads", status="failed", rows=0, error="AuthError: the refresh token was refused", hint="kpiterm account test jp"
    )
    return (
        AccountStatusView(name="us-main", connector="amazon", last_sync=NOW - timedelta(minutes=3), status="ok",
                          error=None, streams=(stream("orders"),)),
        AccountStatusView(name="jp-main", connector="amazon", last_sync=NOW - timedelta(hours=27), status="partial",
                          error=None, streams=(stream("orders"), failed)),
        AccountStatusView(name="旗舰店", connector="shopify", last_sync=None, status="never", error=None, streams=()),
    )  # fmt: skip


def view(gauges: Sequence[Gauge] | None = None, **values: Any) -> View:
    """The whole board, or one of `gauges`."""
    fields: dict[str, Any] = {
        "workspace": "seller", "as_of": NOW - timedelta(minutes=5), "currency": "USD", "snapshot": "snap-1.duckdb",
        "gauges": board() if gauges is None else tuple(gauges), "accounts": accounts(),
    }  # fmt: skip
    return View(**(fields | values))


class HandFeed:
    """A feed that says what the test tells it."""

    def __init__(self) -> None:
        self.rereads = 0
        self.stopped = False
        self.shown: list[PageKey | None] = []
        self._post: Post | None = None

    def start(self, post: Post) -> None:
        self._post = post

    def show(self, page: PageKey | None) -> None:
        self.shown.append(page)

    def reread(self) -> None:
        self.rereads += 1

    def stop(self) -> None:
        self.stopped = True

    def say(self, content: View | FeedError) -> None:
        assert self._post is not None, "the app has not started the feed"
        self._post(FeedUpdate(content))

    def turn(self, key: PageKey, content: object) -> None:
        """Page `key` now holds `content`; None: it is being read."""
        assert self._post is not None, "the app has not started the feed"
        self._post(PageUpdate(key, content))


class HandSync:
    """A sync that goes as the test tells it."""

    def __init__(self) -> None:
        self.started: list[tuple[str, ...]] = []
        self.stops = 0
        self.closed = False
        self._post: Callable[[SyncUpdate], object] | None = None

    def start(self, post: Callable[[SyncUpdate], object], accounts: Sequence[str] = ()) -> None:
        self.started.append(tuple(accounts))
        self._post = post
        self.say(SyncState(phase="running", accounts=tuple(accounts)))

    def stop(self) -> None:
        self.stops += 1

    def close(self) -> None:
        self.closed = True

    def say(self, state: SyncState) -> None:
        assert self._post is not None, "no sync was started"
        self._post(SyncUpdate(state))


class HandHeadless:
    """Commands that end as the test says, and tables that it may look at."""

    def __init__(self) -> None:
        self.commands: list[tuple[str, ...]] = []
        self.tables: list[Table] = []
        self.outcome = Outcome(True, "entry 12: reorder.accept A-1")

    async def run(self, args: Sequence[str]) -> Outcome:
        self.commands.append(tuple(args))
        return self.outcome

    def export(self, table: Table) -> Outcome:
        self.tables.append(table)
        return Outcome(True, f"{table.name}.csv")


class Desk:
    """The app at work with its fakes."""

    def __init__(
        self, app: KpitermApp, pilot: Pilot[None], feed: HandFeed, sync: HandSync, headless: HandHeadless
    ) -> None:
        self.app, self.pilot, self.feed, self.sync, self.headless = app, pilot, feed, sync, headless

    async def show(self, content: View | FeedError) -> None:
        self.feed.say(content)
        await self.settle()

    async def turn(self, key: PageKey, content: object) -> None:
        self.feed.turn(key, content)
        await self.settle()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(3):
            await self.pilot.pause()

    async def until(self, text: str, patience: float = 20.0) -> str:
        """The screen as soon as it holds `text`."""
        waited = 0.0
        while text not in self.text():
            assert waited < patience, f"{text!r} never came:\n{self.text()}"
            await self.pilot.pause(0.02)
            waited += 0.02
        return self.text()

    def rows(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.rows())

    def row(self, text: str) -> str:
        """The first row that holds `text`."""
        return next(row for row in self.rows() if text in row)

    def assert_aligned(self) -> None:
        """Every row fills the terminal exactly, wide characters counted as two."""
        assert {cell_len(row) for row in self.rows()} == {self.app.size.width}


Opener = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture(autouse=True)
def _soon_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual looks every 20 ms whether the app has come to rest: these tests mostly slept. What is painted is asked
    for by a pause (`settle`, `press`, `until`), not by the time that passes."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 1 / 200)


@pytest.fixture
def desk() -> Opener:
    """`async with desk((120, 40)) as d:` runs the app headless; with `show=…` it already has that view."""

    @asynccontextmanager
    async def opened(
        size: tuple[int, int] = (120, 40), show: View | None = None, **options: Any
    ) -> AsyncIterator[Desk]:
        feed, sync = options.pop("feed", HandFeed()), options.pop("sync", HandSync())
        clock = options.pop("clock", lambda: NOW)
        headless = HandHeadless()
        options = {"workspace": "seller", **options}
        app = KpitermApp(feed=feed, sync=sync, version="0.0", headless=headless, clock=clock, **options)
        async with app.run_test(size=size) as pilot:
            desk = Desk(app, pilot, feed, sync, headless)
            await desk.settle()
            if show is not None:
                await desk.show(show)
            yield desk

    return opened


@pytest.fixture
def make_view() -> Callable[..., View]:
    return view


@pytest.fixture
def make_gauge() -> Callable[..., Gauge]:
    return gauge


@pytest.fixture
def now() -> datetime:
    """What the app's clock says."""
    return NOW
