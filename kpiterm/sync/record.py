"""The store's own account of a sync: runs, watermarks, and where each stream stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kpiterm.events import Run, RunError
from kpiterm.sync.plan import Progress

if TYPE_CHECKING:
    import duckdb

MOST_NOTES = 20


@dataclass(slots=True, kw_only=True)
class StreamRun:
    """The counters of a stream while it runs."""

    run_id: str
    account: str
    connector: str
    stream: str
    started: datetime
    windows: int = 0
    rows: int = 0
    superseded: int = 0
    bytes: int = 0
    requests: int = 0
    throttled: int = 0
    watermark: datetime | None = None
    read_from: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def note(self) -> str | None:
        """What the stream had to say of all its windows."""
        return "; ".join(self.notes) or None

    def add_notes(self, texts: Iterable[str]) -> None:
        """Windows repeat themselves; a stream that has more to say than anyone reads is cut short."""
        self.notes = tuple(dict.fromkeys((*self.notes, *texts)))[:MOST_NOTES]

    def finished(self, now: datetime, error: RunError | None = None) -> Run:
        return Run(
            account=self.account,
            stream=self.stream,
            status="failed" if error else "ok",
            windows=self.windows,
            rows=self.rows,
            superseded=self.superseded,
            bytes=self.bytes,
            requests=self.requests,
            throttled=self.throttled,
            seconds=f"{(now - self.started).total_seconds():.1f}",
            watermark=iso(self.watermark),
            error=error,
            note=self.note,
        )


def skipped(account: str, stream: str, reason: str, watermark: datetime | None) -> Run:
    """A stream that was left alone, and why."""
    return Run(
        account=account,
        stream=stream,
        status="skipped",
        windows=0,
        rows=0,
        superseded=0,
        bytes=0,
        requests=0,
        throttled=0,
        seconds="0.0",
        watermark=iso(watermark),
        error=None,
        reason=reason,
    )


def iso(moment: datetime | None) -> str | None:
    """A moment as scripts read it: seconds, with a Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def naive(moment: datetime) -> datetime:
    """An aware moment as the store holds it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def progress(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Progress]:
    """Where every stream of every account stands. One that has failed since its last good run counts as due."""
    rows = con.execute(
        "SELECT coalesce(w.account, r.account), coalesce(w.stream, r.stream), w.watermark, r.last_ok "
        "FROM watermark AS w FULL JOIN "
        "(SELECT account, stream, max(started_at) FILTER (WHERE status = 'ok') AS ok, "
        "max(started_at) FILTER (WHERE status = 'failed') AS failed, "
        "CASE WHEN coalesce(failed <= ok, true) THEN ok END AS last_ok FROM run GROUP BY 1, 2) AS r "
        "ON w.account = r.account AND w.stream = r.stream"
    ).fetchall()
    return {(a, s): Progress(watermark=_aware(w), last_ok=_aware(ok)) for a, s, w, ok in rows}


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None


def set_watermark(con: duckdb.DuckDBPyConnection, run: StreamRun, now: datetime) -> None:
    assert run.watermark
    con.execute("DELETE FROM watermark WHERE account = ? AND stream = ?", [run.account, run.stream])
    con.execute(
        "INSERT INTO watermark VALUES (?, ?, ?, ?)", [run.account, run.stream, naive(run.watermark), naive(now)]
    )


def save_run(
    con: duckdb.DuckDBPyConnection, run: StreamRun, status: str, now: datetime, error: RunError | None = None
) -> None:
    """Write the run as it stands; the last word of a run replaces the earlier ones."""
    con.execute("DELETE FROM run WHERE run_id = ?", [run.run_id])
    con.execute(
        f"INSERT INTO run VALUES ({', '.join('?' * 19)})",
        [
            run.run_id, run.account, run.connector, run.stream, status, naive(run.started), naive(now), run.windows,
            run.rows, run.superseded, run.bytes, run.requests, run.throttled,
            naive(run.watermark) if run.watermark else None,
            error.kind if error else None, error.message if error else None, error.hint if error else None,
            run.note, naive(run.read_from) if run.read_from else None,
        ],
    )  # fmt: skip


def close_interrupted(con: duckdb.DuckDBPyConnection) -> bool:
    """Runs that a killed process left open; True when there were any. Their committed windows stand."""
    found = con.execute("SELECT count(*) FROM run WHERE status = 'running'").fetchone()
    if found and found[0]:
        con.execute(
            "UPDATE run SET status = 'failed', error_kind = 'Interrupted', error = 'the sync was stopped or killed', "
            "hint = 'the windows it had finished are in the store; this sync goes on from there' "
            "WHERE status = 'running'"
        )
    return bool(found and found[0])
