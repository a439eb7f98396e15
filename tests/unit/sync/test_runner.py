"""The sync's own side: its exit code, accounts that cannot begin, and a stop before anything was done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from kpiterm.config import Account, Config
from kpiterm.events import Run, RunError
from kpiterm.paths import Paths
from kpiterm.secrets import SecretStore
from kpiterm.store.engine import Writer
from kpiterm.sync import record
from kpiterm.sync.commit import keep_refusal
from kpiterm.sync.runner import Runner, Site, exit_code

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def run_of(status: Literal["ok", "skipped", "failed"], kind: str = "", stream: str = "orders") -> Run:
    error = RunError(kind=kind, message="m", hint="h") if kind else None
    return replace(record.skipped("one", stream, "", None), status=status, reason=None, error=error)


@pytest.mark.parametrize(
    ("runs", "code"),
    [
        ([], 0),
        ([run_of("ok"), run_of("skipped")], 0),
        ([run_of("ok"), run_of("failed", "AuthError")], 6),
        ([run_of("skipped"), run_of("failed", "AuthError")], 3),
        ([run_of("failed", "AccessError"), run_of("failed", "DataError")], 3),
        ([run_of("failed", "TransientError")], 4),
        ([run_of("failed", "RateLimited")], 4),
        ([run_of("failed", "StoreError")], 4),
        ([run_of("failed", "DataError")], 5),
        ([run_of("failed", "SettingError")], 2),
        ([run_of("failed", "PluginMissing")], 8),
        ([run_of("failed", "PluginCrash")], 1),
    ],
)
def test_the_exit_code_says_what_the_failures_call_for(runs: list[Run], code: int) -> None:
    assert exit_code(runs, stopped=False) == code
    assert exit_code(runs, stopped=True) == 130


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    site = Site(
        paths=Paths(tmp_path), config=Config(), secrets=SecretStore("default"), emit=lambda _: None,
        log=lambda _: None, stopped=threading.Event(),
    )  # fmt: skip
    with Writer(site.paths) as writer:
        yield Runner(site, writer, now=NOW)


def test_an_account_that_could_not_begin_is_on_record(runner: Runner) -> None:
    refused = [run_of("failed", "AuthError", "orders"), run_of("failed", "AuthError", "ads")]
    keep_refusal(runner.writer, Account(name="one", connector="shop"), refused)
    kept = runner.writer.con.execute("SELECT account, connector, stream, status, error_kind, error, hint FROM run")
    assert sorted(kept.fetchall()) == [
        ("one", "shop", name, "failed", "AuthError", "m", "h") for name in ("ads", "orders")
    ]
    assert {key: p.last_ok for key, p in record.progress(runner.writer.con).items()} == {
        ("one", "ads"): None, ("one", "orders"): None,
    }  # fmt: skip


def test_what_no_later_run_could_put_right_is_not_kept(runner: Runner) -> None:
    keep_refusal(runner.writer, Account(name="one", connector="lost"), [run_of("failed", "PluginMissing", "*")])
    assert runner.writer.con.execute("SELECT count(*) FROM run").fetchall() == [(0,)]


def test_a_stream_that_failed_after_a_good_run_is_due_at_once(runner: Runner) -> None:
    con = runner.writer.con
    for number, status in enumerate(("ok", "failed")):
        started = NOW.replace(minute=number)
        run = record.StreamRun(run_id=status, account="one", connector="shop", stream="orders", started=started)
        record.save_run(con, run, status, started)
        standing = record.progress(con)["one", "orders"]
        assert standing.last_ok == (NOW if status == "ok" else None)


def test_a_sync_that_is_stopped_before_it_began_starts_nothing(runner: Runner) -> None:
    runner.site.stopped.set()
    assert runner.run([]) == []
    assert list(runner.site.paths.spool.iterdir()) == []
