"""One window into the store: its rows, what they supersede, the watermark and the run record, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import duckdb

from kpiterm.config import Account
from kpiterm.errors import StoreError
from kpiterm.events import Run
from kpiterm.plugins import DataError, Stream, Window
from kpiterm.store.engine import Writer
from kpiterm.store.write import Batch
from kpiterm.sync import record
from kpiterm.sync.normalise import read, store
from kpiterm.sync.plan import reached
from kpiterm.sync.spool import Manifest
from kpiterm.sync.work import AccountWork


def commit_window(  # every part of the one transaction
    writer: Writer,
    work: AccountWork,
    stream: Stream,
    window: Window,
    run: record.StreamRun,
    manifest: Manifest,
    started: datetime,
    *,
    con: duckdb.DuckDBPyConnection | None = None,
) -> None:
    """Store the window and move the watermark; DataError or duckdb.Error leave the store and `run` as they were.

    `con` is a connection on which `read_window` has read the window already.
    """
    now = datetime.now(UTC)
    if con is None:
        con = writer.con
        read_window(con, work, stream, window, manifest)
    with writer.transaction(con):
        loaded = store(con, manifest, stream.shape, _batch(work, stream, window, run.run_id, now))
        after = replace(
            run,
            watermark=reached(stream, window, run.watermark or _watermark(con, run), started),
            windows=run.windows + 1,
            rows=run.rows + loaded.rows,
            superseded=run.superseded + loaded.superseded,
        )
        record.set_watermark(con, after, now)
        record.save_run(con, after, "running", now)
    run.watermark, run.windows, run.rows, run.superseded = after.watermark, after.windows, after.rows, after.superseded


def read_window(
    con: duckdb.DuckDBPyConnection, work: AccountWork, stream: Stream, window: Window, manifest: Manifest
) -> None:
    """Read the window's bodies into temporary tables of the connection; the store is not touched."""
    batch = _batch(work, stream, window, "", datetime.now(UTC))
    read(con, manifest, stream.shape, batch, work.place)


def _batch(work: AccountWork, stream: Stream, window: Window, run_id: str, now: datetime) -> Batch:
    return Batch(
        account=work.account.name,
        channel=work.place.channel,
        source=f"{work.connector.name}.{stream.name}",
        run_id=run_id,
        loaded_at=record.naive(now),
        days=window.days(work.place.timezone),
    )


def keep_refusal(writer: Writer, account: Account, runs: Sequence[Run]) -> None:
    """Put on record that an account could not even be asked: the board would go on to call it well."""
    now = datetime.now(UTC)
    with writer.transaction() as con:
        for number, run in enumerate(runs, 1):
            kept = record.StreamRun(
                run_id=f"{now:%Y%m%dT%H%M%S}-{account.name}-{number}",
                account=account.name,
                connector=account.connector,
                stream=run.stream,
                started=now,
            )
            if run.stream != "*":  # no later run of that name would ever put it right
                record.save_run(con, kept, run.status, now, run.error)


def _watermark(con: duckdb.DuckDBPyConnection, run: record.StreamRun) -> datetime | None:
    found = con.execute(
        "SELECT watermark FROM watermark WHERE account = ? AND stream = ?", [run.account, run.stream]
    ).fetchone()
    return found[0].replace(tzinfo=UTC) if found else None


def explain(error: DataError | duckdb.Error) -> tuple[str, str, str]:
    """Kind, message and hint of a window that did not load; StoreError when the store itself cannot go on."""
    if isinstance(error, DataError):
        return error.kind, error.message, error.hint
    if isinstance(error, duckdb.FatalException):
        raise StoreError(
            f"the store could not be written: {str(error).splitlines()[0]}",
            hint="the last published snapshot is whole; free some disk space, then run `kpiterm sync` again",
        ) from error
    remedy = "`kpiterm doctor` checks the store"
    if isinstance(error, duckdb.IOException | duckdb.TransactionException):
        remedy = "free some disk space, then sync again"
    elif isinstance(error, duckdb.OutOfMemoryException):
        remedy = "raise memory_limit under [sync] in config.toml or free some disk space, then sync again"
    return "StoreError", str(error).splitlines()[0][:300], f"nothing of this window was stored; {remedy}"
