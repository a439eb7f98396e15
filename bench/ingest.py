"""Orders over HTTP into the store by a real `kpiterm sync`, side by side with the least that could be done."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench.connector import PAGES, REPORTS
from bench.measure import Cost, median, run
from bench.server import Shop
from bench.table import Line, costed
from bench.workspace import Workspace

KINDS = {"pages": (PAGES, "searchOrders pages"), "reports": (REPORTS, "All-Orders reports")}
_SETTLING = timedelta(minutes=5)  # the vendor does not answer for the last minutes


@dataclass(frozen=True, slots=True)
class Task:
    """The same orders for both sides: those that changed within the last days of the shop."""

    shop: Shop
    workspace: Workspace
    start: datetime
    end: datetime

    def sync(self, stream: str, *, empty: bool = True) -> tuple[Cost, dict[str, Any]]:
        """One sync of the span, into an empty store or into the one that is there."""
        if empty:
            self.workspace.clear()
        self.workspace.ask(self.shop, self.start, self.end)
        cost, report = self.workspace.sync(stream, self.start)
        if report["status"] != "ok":
            raise RuntimeError(f"the sync of {stream} ended {report['status']}: {report['error']}")
        return cost, report

    def limit(self, kind: str) -> tuple[Cost, dict[str, Any]]:
        """The bare client over the same span."""
        folder = self.workspace.paths.home / "limit"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        keys = {"client_id": self.shop.settings["client_id"], **self.shop.secrets}
        span = {"from": self.start.isoformat(), "until": self.end.isoformat()}
        task = {"url": self.shop.url, "folder": str(folder), **keys, **span}
        cost, out = run([sys.executable, "-m", "bench.limit", kind], stdin=json.dumps(task), env=self.workspace.env)
        return cost, json.loads(out)


def task(shop: Shop, workspace: Workspace, span: timedelta) -> Task:
    """The orders of the last `span` before the shop's present moment."""
    return Task(shop, workspace, shop.now - span, shop.now - _SETTLING)


def first_load(shop: Shop, workspace: Workspace, kind: str, days: int, rounds: int) -> Iterator[Line]:
    """`pages` or `reports` into an empty store, `rounds` times after a warm-up, product and limit taking turns."""
    stream, title = KINDS[kind]
    whole, start = task(shop, workspace, timedelta(days=days)), task(shop, workspace, timedelta(hours=1))
    whole.sync(stream)
    whole.limit(kind)
    idle = [(start.sync(stream)[0], start.limit(kind)[0]) for _ in range(rounds)]
    yield from _compared(title, [(whole.sync(stream), whole.limit(kind)) for _ in range(rounds)], idle)


Pair = tuple[tuple[Cost, dict[str, Any]], tuple[Cost, dict[str, Any]]]


def _compared(title: str, pairs: list[Pair], idle: list[tuple[Cost, Cost]]) -> Iterator[Line]:
    (_, run_), (_, bare) = pairs[0]
    if run_["rows"] != bare["rows"]:
        raise RuntimeError(f"{title}: the store took {run_['rows']} rows, the limit {bare['rows']}")
    ours, theirs = median([p[0][0] for p in pairs]), median([p[1][0] for p in pairs])
    began, bare_began = (statistics.median(cost[i].wall for cost in idle) for i in (0, 1))
    yield costed(
        title,
        ours,
        bare["rows"],
        f"{bare['orders']:,} orders, {bare['bytes'] / 1e6:,.0f} MB, {run_['requests']:,} requests; start {began:.2f} s",
        of_limit=statistics.median(p[1][0].wall / p[0][0].wall for p in pairs),
        of_limit_cpu=statistics.median(p[1][0].cpu / p[0][0].cpu for p in pairs),
        of_limit_net=_net(ours.wall - began, theirs.wall - bare_began),
        of_duckdb=statistics.median(p[1][1]["read"] / p[0][0].wall for p in pairs),
    )
    yield costed(f"  limit: {title}", theirs, bare["rows"], f"start {bare_began:.2f} s")


def _net(ours: float, theirs: float) -> float | None:
    """Without what both programs take to start and end; None where next to nothing is left to compare."""
    return theirs / ours if min(ours, theirs) > 0.25 else None


def many_pages(shop: Shop, workspace: Workspace, days: int) -> Line:
    """One sync of a longer span: memory must not grow with the pages."""
    cost, report = task(shop, workspace, timedelta(days=days)).sync(PAGES)
    return costed(
        "searchOrders pages, longer span", cost, report["rows"], f"{report['requests']:,} requests, one round"
    )


def read_again(shop: Shop, workspace: Workspace, days: int) -> Iterator[Line]:
    """The same span again, unchanged, and once more half a day later, when about one line in a hundred has changed."""
    before = task(shop, workspace, timedelta(days=days))
    before.sync(PAGES)
    cost, report = before.sync(PAGES, empty=False)
    yield costed("read again, unchanged", cost, report["rows"], f"{report['superseded']:,} superseded")
    shop.move(timedelta(hours=10))
    after = Task(shop, workspace, before.start, shop.now - _SETTLING)
    after.limit("pages")  # renders the answers
    cost, report = after.sync(PAGES, empty=False)
    yield costed("read again, ten hours later", cost, report["rows"], f"{report['superseded']:,} superseded")
