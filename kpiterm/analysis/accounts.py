"""How each account's last sync went, stream by stream."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal, cast

from kpiterm.analysis.kpi.coverage import Watermarks
from kpiterm.analysis.reader import Reader
from kpiterm.analysis.view import AccountStatus, AccountStatusView, StreamStatus
from kpiterm.config.model import Account

# A stream that is skipped (not due yet, no such setting) says nothing about the runs before it.
# A note stands until a later run that reached as far back (a day more or less) went well: it repeated or answered it.
_LAST_RUNS = """
WITH told AS (
    SELECT account, stream, note, started_at, started_at - read_from AS reach FROM run WHERE note IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY account, stream ORDER BY started_at DESC) = 1
),
answered AS (
    SELECT DISTINCT told.account, told.stream FROM told INNER JOIN run
    ON run.account = told.account AND run.stream = told.stream AND run.status = 'ok'
        AND run.started_at > told.started_at
        AND coalesce(run.started_at - run.read_from + INTERVAL 1 DAY >= told.reach, told.reach IS NULL)
),
standing AS (
    SELECT told.account, told.stream, told.note FROM told
    LEFT JOIN answered ON answered.account = told.account AND answered.stream = told.stream
    WHERE answered.stream IS NULL
)
SELECT run.account, run.connector, run.stream, run.status, run.finished_at, run.rows, run.error, run.hint,
    max(run.finished_at) FILTER (WHERE run.status = 'ok') OVER (PARTITION BY run.account) AS last_ok, standing.note
FROM run LEFT JOIN standing ON standing.account = run.account AND standing.stream = run.stream
WHERE status IN ('ok', 'skipped', 'failed')
QUALIFY row_number() OVER (
    PARTITION BY run.account, run.stream
    ORDER BY CASE WHEN status = 'skipped' THEN 1 ELSE 0 END, finished_at DESC, started_at DESC
) = 1
ORDER BY run.account, run.stream"""

Row = tuple[str, str, str, str, datetime | None, int | None, str | None, str | None, datetime | None, str | None]


def account_statuses(
    reader: Reader, declared: Sequence[Account], watermarks: Watermarks
) -> tuple[AccountStatusView, ...]:
    """The declared accounts in their order, then those that only imports have filled."""
    runs: dict[str, list[Row]] = {}
    for row in cast("list[Row]", reader.rows(_LAST_RUNS)):
        runs.setdefault(row[0], []).append(row)
    connectors = {account.name: account.connector for account in declared}
    connectors |= {name: rows[0][1] for name, rows in runs.items() if name not in connectors}
    return tuple(_account(name, connector, runs.get(name, []), watermarks) for name, connector in connectors.items())


def _account(name: str, connector: str, rows: Sequence[Row], watermarks: Watermarks) -> AccountStatusView:
    streams = tuple(_stream(row, watermarks) for row in rows)
    failed = [stream for stream in streams if stream.status == "failed"]
    return AccountStatusView(
        name=name,
        connector=connector,
        last_sync=_aware(rows[0][8]) if rows else None,
        status=_status(streams),
        error=f"{failed[0].name}: {failed[0].error or 'failed'}" if failed else None,
        streams=streams,
    )


def _stream(row: Row, watermarks: Watermarks) -> StreamStatus:
    account, _, stream, status, finished, rows, error, hint, _, note = row
    return StreamStatus(
        name=stream,
        status=cast("Literal['ok', 'skipped', 'failed']", status),
        last_run=_aware(finished),
        watermark=watermarks.get((account, stream)),
        rows=rows or 0,
        error=error if status == "failed" else None,
        hint=hint if status == "failed" else None,
        note=note,
    )


def _status(streams: Iterable[StreamStatus]) -> AccountStatus:
    ran = {stream.status for stream in streams} - {"skipped"}
    if not ran:
        return "never"
    return "partial" if ran == {"ok", "failed"} else "failed" if "failed" in ran else "ok"


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
