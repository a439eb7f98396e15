"""While a window is stored the next is read and one more is fetched: a kill or a failure in between costs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Home

pytestmark = pytest.mark.e2e

# Four windows of two days. A vendor would make a report for each: what was asked for is noted, and remembered until it
# is stored. The days named in the file `bad` come with figures that are none.
PLUGIN = """
import json, os, pathlib
FOLDER = pathlib.Path(os.environ["HOME"])
SHAPE = Shape(columns={"day": "DATE", "n": "BIGINT"}, outputs=(Output(
    into="health_metric", replaces=("day", "metric"),
    select="SELECT _payload, day, 'late' AS metric, 'all' AS segment, n AS numerator FROM source"),))

def fetch(ctx, window):
    days = [str(day) for day in window.days("America/Los_Angeles")]
    if ctx.recall(days[0]) is None:
        with (FOLDER / "asked").open("a") as file:
            file.write(days[0] + "\\n")
        ctx.remember(days[0], "ticket")
    bad = (FOLDER / "bad").read_text() if (FOLDER / "bad").exists() else ""
    rows = [{"day": day, "n": "none" if day in bad else 1} for day in days]
    yield Payload(body=json.dumps(rows).encode(), format="json", request=days[0])
    ctx.remember(days[0], None)

CONNECTOR = Connector(name="slow", title="Slow", hosts=(), marketplace=place, streams=(Stream(name="late", title="Late",
    fetch=fetch, shape=SHAPE, by_day=True, history=timedelta(days=8), max_window=timedelta(days=2)),))

@hookimpl
def kpiterm_connectors():
    return (CONNECTOR,)
"""

# A sync that stores a window when the next one has come, never before, and writes down what it does in which order.
SYNC = """
import os, pathlib, signal, sys, threading
import duckdb
from kpiterm.cli.main import run
from kpiterm.sync import reading, runner

OF_NUMBER = int(sys.argv[2]) if len(sys.argv) > 2 else None
begin, ahead, commit = reading.Reading._begin, runner.Runner._read_ahead, runner.commit_window
windows = []

def note(what, window):
    if window not in windows:
        windows.append(window)
    with pathlib.Path(os.environ["HOME"], "order").open("a") as file:
        file.write(f"{what} {windows.index(window) + 1}\\n")

def noted(self, fetched):
    note("read", fetched.window)
    begin(self, fetched)

def patient(self, current):
    last = current.work.todo[0][1][-1]
    while current.window != last and not any(self._inbox.windows()):
        threading.Event().wait(0.01)
    ahead(self, current)

def stored(writer, work, stream, window, run, *args, **more):
    if windows.index(window) + 1 == OF_NUMBER:
        if sys.argv[1] == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise duckdb.IOException("No space left on device")
    commit(writer, work, stream, window, run, *args, **more)
    assert run.watermark == window.end or window == work.todo[0][1][-1]  # which is not over yet
    note("stored", window)

reading.Reading._begin, runner.Runner._read_ahead, runner.commit_window = noted, patient, stored
sys.exit(run(["sync", "--force"]))
"""


@pytest.fixture
def shop(home: Home) -> Home:
    home.plugin("slow", PLUGIN)
    home.declare("one", "slow")
    return home


def sync(home: Home, *what: str) -> int:
    """The exit code of a sync; `fail N` has the disk full at window N, `kill N` ends it when N+1 is being read."""
    command = [sys.executable, "-c", SYNC, *what]
    return subprocess.run(command, env=home.environment, capture_output=True, timeout=120, check=False).returncode


def lines(home: Home, name: str) -> list[str]:
    return Path(home.environment["HOME"], name).read_text().splitlines()


def stored(home: Home) -> list[list[object]]:
    """Windows whose rows are there, rows, different days of them, and days from the first one to the watermark."""
    return home.rows(
        "SELECT count(DISTINCT payload), count(*), count(DISTINCT day), date_diff('day', min(day), max(w.watermark)) "
        "FROM health_metric, watermark AS w"
    )


def check_whole(home: Home) -> None:
    """The next sync brings all that lacks, once, and asks the vendor for nothing again."""
    fetched = lines(home, "asked")[:3]
    assert len(fetched) == 3, "the window after the one that was not stored had been fetched"
    assert sync(home) == 0
    asked = lines(home, "asked")
    assert [asked.count(day) for day in fetched] == [1, 1, 1]
    ((windows, rows, days, _),) = stored(home)
    assert (windows, rows) == (len(set(asked)), days)
    assert home.rows("SELECT count(*) FROM snap.health_metric_history") == [[0]]
    assert not [file for file in home.paths.spool.rglob("*") if file.is_file()]


def test_windows_are_read_ahead_and_stored_in_order(shop: Home) -> None:
    assert sync(shop) == 0
    order, count = lines(shop, "order"), len(lines(shop, "asked"))
    expected = ["read 1"]
    for number in range(1, count):
        expected += [f"read {number + 1}", f"stored {number}"]
    assert count >= 4
    assert order == [*expected, f"stored {count}"]


def test_a_sync_killed_while_it_reads_ahead_loses_and_doubles_nothing(shop: Home) -> None:
    assert sync(shop, "kill", "2") == -9
    assert lines(shop, "order")[-1] == "read 3"
    check_whole(shop)


def test_a_window_that_cannot_be_stored_takes_the_one_read_ahead_with_it(shop: Home) -> None:
    assert sync(shop, "fail", "2") == 4
    assert lines(shop, "order") == ["read 1", "read 2", "stored 1", "read 3"]
    assert stored(shop) == [[1, 2, 2, 2]]
    check_whole(shop)


def test_a_window_that_does_not_fit_fails_in_its_turn(shop: Home) -> None:
    """Though it is found out while the window before it is stored, which stays."""
    assert sync(shop) == 0
    days = sorted(lines(shop, "asked"))
    for file in ("asked", "order"):
        Path(shop.environment["HOME"], file).unlink()
    shop.paths.root.joinpath("store").rename(shop.path / "before")
    Path(shop.environment["HOME"], "bad").write_text(days[1])
    assert sync(shop) == 5
    assert lines(shop, "order") == ["read 1", "read 2", "stored 1"]
    assert stored(shop) == [[1, 2, 2, 2]]
