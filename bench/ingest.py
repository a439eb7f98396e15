"""Orders over HTTP into the store by a real `kpiterm sync`, side by side with the least that could be done, and dlt."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench import peers
from bench.measure import Cost, median, run
from bench.parts import parts
from bench.server import Shop
from bench.table import Line, costed
from bench.workloads import WORKLOADS, Workload
from bench.workspace import Workspace

_SETTLING = timedelta(minutes=5)  # Amazon does not answer for the last minutes
_LITTLE = timedelta(hours=12)  # so much that no answer is empty, so little that it is all start and end
_AGAIN = next(w for w in WORKLOADS if w.kind == "pages")

Result = tuple[Cost, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Task:
    """The same orders for all sides: those that changed within the last days of the shop."""

    work: Workload
    shop: Shop
    place: Workspace
    start: datetime
    end: datetime

    def sync(self, *, empty: bool = True) -> Result:
        """One sync of the span, into an empty store or into the one that is there."""
        if empty:
            self.place.clear()
        self.place.ask(self.shop, self.start, self.end)
        cost, report = self.place.sync(self.work.account, self.work.stream, self.start)
        if report["status"] != "ok":
            raise RuntimeError(f"the sync of {self.work.kind} ended {report['status']}: {report['error']}")
        return cost, report

    def limit(self) -> Result:
        """The bare client and plain DuckDB over the same span."""
        return self._other([sys.executable, "-m", "bench.limit"])

    def dlt(self, interpreter: str) -> Result:
        """dlt over the same span."""
        return self._other([interpreter, "-m", "bench.dlt_peer"])

    def _other(self, command: list[str]) -> Result:
        folder = self.place.paths.home / "other"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        asked = self.work.task(self.shop, self.start, self.end)
        cost, out = run([*command, str(folder)], stdin=json.dumps(asked), env=self.place.env)
        return cost, json.loads(out.splitlines()[-1])


def task(work: Workload, shop: Shop, place: Workspace, span: timedelta) -> Task:
    """The orders of the last `span` before the shop's present moment."""
    return Task(work, shop, place, shop.now - span, shop.now - _SETTLING)


def first_load(work: Workload, shop: Shop, place: Workspace, days: int, rounds: int) -> Iterator[Line]:
    """A workload into an empty store, `rounds` times after a warm-up, product and limit taking turns; then dlt once."""
    whole, little = (task(work, shop, place, span) for span in (timedelta(days=days), _LITTLE))
    whole.sync()
    whole.limit()
    idle = [(little.sync()[0], little.limit()[0]) for _ in range(rounds)]
    pairs = [(whole.sync(), whole.limit()) for _ in range(rounds)]
    interpreter = peers.with_dlt()
    yield from compared(work.title, pairs, idle, whole.dlt(interpreter) if interpreter else None)


def compared(
    title: str, pairs: list[tuple[Result, Result]], idle: list[tuple[Cost, Cost]], peer: Result | None
) -> Iterator[Line]:
    """A line for the product, one for the limit, and one for the peer; RuntimeError where they differ in rows."""
    (_, synced), (_, bare) = pairs[0]
    for name, result in (("the limit", bare), ("dlt", peer[1] if peer else bare)):
        if synced["rows"] != result["rows"]:
            raise RuntimeError(f"{title}: the store took {synced['rows']} rows, {name} {result['rows']}")
    ours, theirs = median([p[0][0] for p in pairs]), median([p[1][0] for p in pairs])
    starts = median([cost[0] for cost in idle]), median([cost[1] for cost in idle])
    yield costed(
        title,
        ours,
        bare["rows"],
        f"{bare['orders']:,} orders, {bare['bytes'] / 1e6:,.0f} MB, {synced['requests']:,} requests; "
        f"start {starts[0].wall:.2f} s, CPU {starts[0].cpu:.2f}",
        of_limit=statistics.median(p[1][0].wall / p[0][0].wall for p in pairs),
        of_limit_cpu=statistics.median(p[1][0].cpu / p[0][0].cpu for p in pairs),
        of_limit_net=_net(ours.wall - starts[0].wall, theirs.wall - starts[1].wall),
        of_limit_net_cpu=_net(ours.cpu - starts[0].cpu, theirs.cpu - starts[1].cpu),
        over_dlt=peer[0].wall / ours.wall if peer else None,
        over_dlt_cpu=peer[0].cpu / ours.cpu if peer else None,
        limit_over_dlt=peer[0].wall / theirs.wall if peer else None,
        limit_over_dlt_cpu=peer[0].cpu / theirs.cpu if peer else None,
    )
    yield costed("  limit", theirs, bare["rows"], f"start {starts[1].wall:.2f} s, CPU {starts[1].cpu:.2f}")
    if peer:
        yield costed("  dlt, tuned", peer[0], peer[1]["rows"], f"{peer[1]['version']}, one round")


def _net(ours: float, theirs: float) -> float | None:
    """Without what both programs take to start and end; None where next to nothing is left to compare."""
    return theirs / ours if min(ours, theirs) > 0.25 else None


def in_parts(work: Workload, shop: Shop, place: Workspace, days: int) -> Iterator[Line]:
    """What the parts of storing a workload take."""
    whole = task(work, shop, place, timedelta(days=days))
    yield from parts(place.paths.home, work.task(shop, whole.start, whole.end), work.title)


def of_days(work: Workload, shop: Shop, place: Workspace, days: int) -> Line:
    """One sync of a span, short or long: memory must not grow with the rows."""
    cost, report = task(work, shop, place, timedelta(days=days)).sync()
    return costed(f"{work.title}, {days} days", cost, report["rows"], "one round, for its memory")


def read_again(shop: Shop, place: Workspace, days: int) -> Iterator[Line]:
    """The same span again, unchanged, and once more half a day later, when about one line in a hundred has changed."""
    before = task(_AGAIN, shop, place, timedelta(days=days))
    before.sync()
    cost, report = before.sync(empty=False)
    yield costed("read again, unchanged", cost, report["rows"], f"{report['superseded']:,} superseded")
    shop.move(timedelta(hours=10))
    after = Task(_AGAIN, shop, place, before.start, shop.now - _SETTLING)
    after.limit()  # renders the answers
    cost, report = after.sync(empty=False)
    yield costed("read again, ten hours later", cost, report["rows"], f"{report['superseded']:,} superseded")
