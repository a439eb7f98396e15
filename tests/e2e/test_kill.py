"""A sync may be killed at any moment: what it had committed stays, nothing is half there, and the next one goes on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.sandbox import Sandbox
from kpiterm.store.read import Reader
from tests.e2e.conftest import Home

if TYPE_CHECKING:
    from kpiterm.sandbox.wire import Request, Response

pytestmark = pytest.mark.e2e

KILLS = 12
DAYS = 62
Report = tuple[str, datetime, datetime]
TABLES = ("order_line", "ad_day", "traffic_day", "health_metric")


def counts(home: Home) -> dict[str, int]:
    """Rows and windows in the published snapshot, live and superseded; every row belongs to a run that is known."""
    with Reader(home.paths) as reader:
        orphans = " UNION ALL ".join(
            f"SELECT run_id FROM {table} WHERE run_id NOT IN (SELECT run_id FROM run)" for table in TABLES
        )
        assert reader.rows(orphans) == []
        found = {table: int(str(reader.rows(f"SELECT count(*) FROM {table}")[0][0])) for table in TABLES}
        marks = reader.rows("SELECT stream, CAST(epoch(watermark) AS BIGINT) FROM watermark")
        return found | {f"watermark of {stream}": int(str(mark)) for stream, mark in marks}


def content(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """All that a sync brought, but for the traces of when and by which run."""
    with Reader(home.paths) as reader:
        return {
            table: reader.rows(f"SELECT * EXCLUDE (run_id, loaded_at, payload) FROM {table} ORDER BY ALL")
            for table in TABLES
        }


def children_of(pid: int) -> list[int]:
    children = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            children.append(int(file.parent.name))
    return children


def gone(pid: int) -> bool:
    """Whether the process has ended (one that nobody has waited for yet has ended too)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def run_until(process: subprocess.Popen[str], box: Sandbox, requests: int, seconds: float) -> list[int]:
    """Kill the sync's process group so many requests, and then so many seconds, after its start; its children."""
    target = len(box.requests) + requests
    while process.poll() is None and len(box.requests) < target:
        Event().wait(0.005)
    Event().wait(seconds)  # somewhere within loading, committing or publishing
    children = children_of(process.pid)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return children


class Recording(Sandbox):
    """A sandbox that keeps what reports were asked for: type with options, start and end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.asked: list[Report] = []

    def answer(self, request: Request) -> Response:
        if (request.method, request.path) == ("POST", "/reports/2021-06-30/reports"):
            body = json.loads(request.body)
            options = [f"{name}={value}" for name, value in sorted(body.get("reportOptions", {}).items())]
            start, end = (datetime.fromisoformat(body[name]) for name in ("dataStartTime", "dataEndTime"))
            self.asked.append((" ".join([body["reportType"], *options]), start, end))
        return super().answer(request)


def remembered(home: Home) -> list[Report]:
    """The reports that the connector has asked for and not read yet."""
    file = home.paths.root / "resume" / "demo-us.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    tickets = {key.removeprefix("report "): json.loads(text) for key, text in kept.items() if key[:7] == "report "}
    return [(kind, moment(ticket["start"]), moment(ticket["end"])) for kind, ticket in tickets.items()]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)


def test_a_dozen_kills_during_a_backfill(
    home: Home, tmp_path: Path, until: Callable[..., None], started: Callable[..., subprocess.Popen[str]]
) -> None:
    rng = random.Random(20)
    box = Recording(days=DAYS, orders_per_day=10, throttle=False, report_seconds=0.0, now=datetime.now(UTC))
    with box:
        home.connect(box, days=DAYS)
        before: dict[str, int] = {}
        known, resumed = remembered(home), 0
        for _ in range(KILLS):
            allow_a_new_burst(home)
            process = started("sync", "--force")
            children = run_until(process, box, rng.randint(2, 9), rng.uniform(0, 0.15))
            until(partial(all_gone, children), "the end of the killed sync's children")
            assert [report for report in known if report in box.asked] == [], "asked again for what was remembered"
            known, resumed = remembered(home), resumed + bool(known)
            box.asked.clear()
            after = counts(home)
            assert [name for name, count in before.items() if after.get(name, 0) < count] == []
            before = after
        board = home("status", "--json")
        assert board.code == 0, board.err
        allow_a_new_burst(home)
        last = home("sync", "--force", "--json")
        assert last.code == 0, last.out
        assert [path for path in home.paths.spool.rglob("*") if path.is_file()] == []
        assert home.rows("SELECT stream FROM run WHERE status <> 'ok' AND error_kind <> 'Interrupted'") == []
        committed = "SELECT sum(windows) > 0 FROM run WHERE error_kind = 'Interrupted' AND stream = 'orders'"
        assert home.rows(committed) == [[True]], "some windows had been committed before the last kill"
        assert remembered(home) == []
        assert [report for report in known if report in box.asked] == []
        assert resumed >= 3

        undisturbed = Home(tmp_path / "undisturbed")
        undisturbed.connect(box, days=DAYS)
        assert undisturbed("sync").code == 0
    whole, mended = content(undisturbed), content(home)
    assert {table: len(rows) for table, rows in mended.items()} == {table: len(rows) for table, rows in whole.items()}
    assert [table for table in TABLES if mended[table] != whole[table]] == []


def all_gone(pids: Iterable[int]) -> bool:
    return all(map(gone, pids))


def allow_a_new_burst(home: Home) -> None:
    """Forget what was asked of the vendor so far: a dozen syncs in a minute would otherwise wait for quota."""
    for file in home.paths.limits.glob("*") if home.paths.limits.exists() else ():
        file.unlink()


def test_a_child_that_is_busy_dies_with_the_sync(
    home: Home, started: Callable[..., subprocess.Popen[str]], until: Callable[..., None]
) -> None:
    """Also what the connector itself has started, and even if it never looks at its pipe."""
    home.plugin("busy", """
        import os, pathlib, subprocess
        def spin(ctx, window):
            grandchild = subprocess.Popen(["sleep", "600"])
            pathlib.Path(os.environ["HOME"], "pids").write_text(f"{os.getpid()} {grandchild.pid}\\n")
            while True:
                pass
            yield
        CONNECTOR = connector(streams=(Stream(name="spin", title="", fetch=spin),))
    """)  # fmt: skip
    home.declare("one", "busy")
    process = started("sync")
    pids = Path(home.environment["HOME"]) / "pids"
    until(lambda: pids.exists() and pids.read_text().endswith("\n"), "the start of the connector")
    process.kill()
    process.communicate()
    child, grandchild = map(int, pids.read_text().split())
    until(lambda: all_gone((child, grandchild)), "the end of the connector's processes", seconds=10)
