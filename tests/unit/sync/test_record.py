"""What the store tells of a sync: how far each stream got, and what became of every run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpiterm.config import Account
from kpiterm.errors import StoreError
from kpiterm.events import RunError
from kpiterm.paths import Paths
from kpiterm.plugins import Connector, Context, DataError, Output, Payload, Row, Shape, Stream, Window
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.store.engine import Writer
from kpiterm.sync import record
from kpiterm.sync.commit import commit_window, explain
from kpiterm.sync.plan import Progress
from kpiterm.sync.spool import Manifest, Spool
from kpiterm.sync.work import AccountWork

NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer(Paths(tmp_path / "home")) as writer:
        yield writer


def a_run(number: int = 1, **values: Any) -> record.StreamRun:
    shared: dict[str, Any] = {"account": "us", "connector": "acme", "stream": "orders", "started": NOW - HOUR}
    return record.StreamRun(**shared | {"run_id": f"run-{number}"} | values)


def save(writer: Writer, run: record.StreamRun, status: str, error: RunError | None = None) -> None:
    with writer.transaction() as con:
        record.save_run(con, run, status, NOW, error)


def test_the_last_word_of_a_run_replaces_the_earlier_ones(writer: Writer) -> None:
    run = a_run(watermark=NOW - DAY, rows=5)
    save(writer, run, "running")
    run.rows, run.windows = 9, 2
    save(writer, run, "failed", RunError(kind="DataError", message="no 'price'", hint="upgrade"))
    found = writer.con.execute(
        "SELECT run_id, status, started_at, finished_at, windows, rows, watermark, error_kind, error, hint FROM run"
    ).fetchall()
    moments = [record.naive(m) for m in (NOW - HOUR, NOW, NOW - DAY)]
    assert found == [("run-1", "failed", *moments[:2], 2, 9, moments[2], "DataError", "no 'price'", "upgrade")]


def test_a_run_keeps_what_its_windows_had_to_say_once(writer: Writer) -> None:
    run = a_run(read_from=NOW - DAY)
    run.add_notes(["60 days only"])
    run.add_notes(["60 days only", "no prices", *(f"more {n}" for n in range(100))])
    assert run.finished(NOW).note == run.note
    assert len(run.notes) == record.MOST_NOTES
    run.notes = run.notes[:2]
    save(writer, run, "ok")
    save(writer, a_run(2), "ok")
    kept = writer.con.execute("SELECT note, read_from FROM run ORDER BY run_id").fetchall()
    assert kept == [("60 days only; no prices", record.naive(NOW - DAY)), (None, None)]


def test_progress_tells_where_each_stream_stands(writer: Writer) -> None:
    save(writer, a_run(1, started=NOW - 3 * HOUR), "ok")
    save(writer, a_run(2, started=NOW - 2 * HOUR), "ok")
    save(writer, a_run(3, stream="ads"), "failed", RunError(kind="AuthError", message="", hint=""))
    with writer.transaction() as con:
        record.set_watermark(con, a_run(watermark=NOW - 2 * DAY), NOW)
        record.set_watermark(con, a_run(watermark=NOW - DAY), NOW)
        record.set_watermark(con, a_run(account="jp", watermark=NOW), NOW)
    found = record.progress(writer.con)
    assert found["us", "orders"] == Progress(watermark=NOW - DAY, last_ok=NOW - 2 * HOUR)
    assert found["jp", "orders"] == Progress(watermark=NOW)
    assert found.get(("us", "ads"), Progress()).last_ok is None


def test_a_stream_that_failed_after_its_last_good_run_is_due_at_once(writer: Writer) -> None:
    save(writer, a_run(1, started=NOW - 2 * HOUR), "ok")
    save(writer, a_run(2, started=NOW - HOUR), "failed", RunError(kind="TransientError", message="", hint=""))
    assert record.progress(writer.con)["us", "orders"].last_ok is None
    save(writer, a_run(3, started=NOW), "ok")
    assert record.progress(writer.con)["us", "orders"].last_ok == NOW


def test_runs_that_a_killed_sync_left_open_are_closed_and_told(writer: Writer) -> None:
    assert not record.close_interrupted(writer.con)
    save(writer, a_run(1), "ok")
    save(writer, a_run(2, rows=7, watermark=NOW - DAY), "running")
    assert record.close_interrupted(writer.con)
    assert not record.close_interrupted(writer.con)
    sql = "SELECT run_id, status, error_kind, rows, watermark FROM run ORDER BY run_id"
    kept = record.naive(NOW - DAY)
    assert writer.con.execute(sql).fetchall() == [
        ("run-1", "ok", None, 0, None),
        ("run-2", "failed", "Interrupted", 7, kept),
    ]


def test_a_run_is_told_as_scripts_read_it() -> None:
    done = a_run(watermark=NOW.replace(microsecond=5), rows=3).finished(NOW + timedelta(seconds=1))
    assert (done.status, done.seconds, done.watermark, done.rows) == ("ok", "3601.0", "2026-11-22T20:30:00Z", 3)
    failed = a_run().finished(NOW, RunError(kind="DataError", message="m", hint="h"))
    assert (failed.status, failed.watermark) == ("failed", None)


SELECT = "SELECT _payload, order_id, price AS item_price FROM source"


def fetch(_ctx: Context, _window: Window) -> Iterator[Payload | Row]:
    yield from ()


def orders(**values: Any) -> Stream:
    outputs = (Output(into="order_line", select=SELECT, replaces=("order_id",)),)
    shape = Shape(columns={"order_id": "VARCHAR", "price": "DECIMAL(18,4)"}, outputs=outputs)
    return Stream(name="orders", title="Orders", fetch=fetch, shape=shape, **values)


def work() -> AccountWork:
    place = MARKETPLACES["amazon.com"]
    connector = Connector(name="acme", title="Acme", hosts=(), streams=(orders(),), marketplace=lambda _: place)
    return AccountWork(account=Account(name="us", connector="acme"), connector=connector, place=place, secrets={})


def spooled(directory: Path, body: bytes) -> Manifest:
    spool = Spool(directory, "orders-1")
    spool.add(Payload(body=body, format="json", request="GET /orders"))
    return spool.close()


def state(writer: Writer) -> list[tuple[Any, ...]]:
    sql = (
        "SELECT (SELECT count(*) FROM order_line), (SELECT max(watermark) FROM watermark), (SELECT max(rows) FROM run)"
    )
    return writer.con.execute(sql).fetchall()


def test_a_window_moves_rows_watermark_and_run_together(writer: Writer, tmp_path: Path) -> None:
    run, window = a_run(), Window(NOW - DAY, NOW - HOUR)
    commit_window(writer, work(), orders(), window, run, spooled(tmp_path, b'[{"order_id": "A"}]'), NOW)
    assert (run.windows, run.rows, run.watermark) == (1, 1, NOW - HOUR)
    assert state(writer) == [(1, record.naive(NOW - HOUR), 1)]
    assert record.progress(writer.con)["us", "orders"].watermark == NOW - HOUR


def test_an_earlier_window_read_again_does_not_take_the_watermark_back(writer: Writer, tmp_path: Path) -> None:
    nothing = spooled(tmp_path, b"[]")
    commit_window(writer, work(), orders(), Window(NOW - DAY, NOW), a_run(1), nothing, NOW)
    again = a_run(2)
    commit_window(writer, work(), orders(), Window(NOW - 9 * DAY, NOW - 8 * DAY), again, nothing, NOW)
    assert again.watermark == NOW
    assert record.progress(writer.con)["us", "orders"].watermark == NOW


def test_a_window_that_does_not_fit_leaves_everything_as_it_was(writer: Writer, tmp_path: Path) -> None:
    run = a_run()
    commit_window(writer, work(), orders(), Window(NOW - DAY, NOW - HOUR), run, spooled(tmp_path, b"[{}]"), NOW)
    before, counters = state(writer), run.finished(NOW)
    bad = spooled(tmp_path, b'[{"order_id": "B"}, {"price": "ten"}]')
    with pytest.raises(DataError):
        commit_window(writer, work(), orders(), Window(NOW - HOUR, NOW), run, bad, NOW)
    assert (state(writer), run.finished(NOW)) == (before, counters)


def test_a_window_that_cannot_be_committed_does_not_count(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk may fill at the very last step: the run record must not claim what the store does not hold."""

    def full(*_: object) -> None:
        raise duckdb.IOException("No space left on device")

    run = a_run()
    monkeypatch.setattr(record, "save_run", full)
    with pytest.raises(duckdb.IOException):
        commit_window(
            writer, work(), orders(), Window(NOW - DAY, NOW), run, spooled(tmp_path, b'[{"order_id": "A"}]'), NOW
        )
    assert (run.windows, run.rows, run.watermark) == (0, 0, None)
    assert state(writer) == [(0, None, None)]


def test_what_stopped_a_window_is_told_by_who_can_mend_it() -> None:
    assert explain(DataError("no 'price'", hint="upgrade")) == ("DataError", "no 'price'", "upgrade")
    kind, message, hint = explain(duckdb.OutOfMemoryException("out of memory\nlong advice"))
    assert (kind, message) == ("StoreError", "out of memory")
    assert "nothing of this window was stored; raise memory_limit under [sync]" in hint
    with pytest.raises(StoreError, match="could not be written: No space left"):
        explain(duckdb.FatalException("No space left on device"))
