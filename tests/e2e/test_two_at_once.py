"""One writes at a time, the others are told so at once; readers never wait."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Home

pytestmark = pytest.mark.e2e

# Two windows come at once, the last one when the test lets it.
GATE = """
import os, pathlib
def gated(ctx, window):
    yield from days(ctx, window)
    if window.end >= ctx.now:
        pathlib.Path(os.environ["HOME"], "waiting").touch()
        while not pathlib.Path(os.environ["HOME"], "go").exists():
            ctx.sleep(0.02)
CONNECTOR = connector(streams=(Stream(
    name="gated", title="", fetch=gated, by_day=True, history=timedelta(days=6), max_window=timedelta(days=2)),))
"""


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Waiting:
    """A sync whose first windows are stored and whose last one waits."""

    home: Home
    process: subprocess.Popen[str]

    @property
    def directory(self) -> Path:
        return Path(self.home.environment["HOME"])

    def published(self) -> bool:
        return (self.directory / "waiting").exists() and self.home.paths.current.exists()


@pytest.fixture(scope="module")
def syncs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Waiting]]:
    """One for each test, started together: it takes five seconds until a sync publishes while it runs."""
    from tests.e2e.conftest import Home

    found = []
    for _ in ("none", *SIGNALS):
        home = Home(tmp_path_factory.mktemp("waiting"))
        home.plugin("gate", GATE)
        home.declare("one", "gate")
        found.append(Waiting(home, home.start("sync", "--json")))
    yield list(found)
    for sync in found:
        if sync.process.poll() is None:
            os.killpg(sync.process.pid, signal.SIGKILL)
        sync.process.communicate()


@pytest.fixture
def waiting(syncs: list[Waiting], until: Callable[..., None]) -> Waiting:
    sync = syncs.pop()
    until(lambda: sync.published() or sync.process.poll() is not None, "the first publish")
    return sync


def test_the_second_is_busy_and_readers_are_served(waiting: Waiting, tmp_path: Path) -> None:
    home = waiting.home
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("contact_id,received_at,replied_at\n1,2026-10-01T08:00:00Z,2026-10-01T09:30:00Z\n")
    for command in (["sync"], ["sync", "--dry-run"], ["import", contacts]):
        refused = home(*command)
        assert refused.code == 7, refused
        assert str(waiting.process.pid) in refused.err
        assert "→ nothing was lost: wait for it to end" in refused.err
        assert "Traceback" not in refused.err
    assert home("status").code == 0
    assert home.rows("SELECT count(*) >= 0 FROM health_metric") == [[True]]
    assert home("kpi", "enter", "response_p90_h", "9.5", "--period", "2026-10").code == 0, "an entry needs no writer"
    (waiting.directory / "go").touch()
    out, err = waiting.process.communicate(timeout=60)
    assert waiting.process.returncode == 0, err
    assert '"status": "ok"' in out
    assert home("sync").code == 0
    assert home("import", contacts).code == 0


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_the_sync_with_its_windows_published(waiting: Waiting, number: signal.Signals) -> None:
    home, process = waiting.home, waiting.process
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    [run] = [run for run in json.loads(out)["runs"] if run["stream"] == "gated"]
    assert run["error"]["kind"] == "Interrupted"
    assert "kpiterm sync" in run["error"]["hint"]
    assert run["windows"] >= 2
    [[stored]] = home.rows("SELECT count(*) FROM health_metric")
    assert stored >= 4
    (waiting.directory / "go").touch()
    done = home("sync", "--json")
    assert done.code == 0, done.err
    assert done.runs()["one", "gated"]["windows"] < run["windows"] + 2, "what was stored is not fetched again"
