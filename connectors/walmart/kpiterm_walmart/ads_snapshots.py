"""The life of a snapshot report of Sponsored Search (version 2): ask, remember its id, wait, fetch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import msgspec

from kpiterm.plugins import Context, DataError, TransientError
from kpiterm_walmart.places import ADS_HOST, ADS_PREFIX, ads_url
from kpiterm_walmart.wire import REPEATABLE, decode, wait

REPORT = "/api/v2/snapshot/report"
SNAPSHOT = "/api/v2/snapshot"
PATIENCE = 20 * 60.0
_GONE = (400, 404)
_RUNNING = frozenset({"pending", "processing"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A type of report and its metrics; `extra` are given up where Walmart refuses the request."""

    report_type: str
    metrics: tuple[str, ...]
    extra: tuple[str, ...] = ()

    def body(self, advertiser_id: str, first: date, last: date, *, whole: bool) -> dict[str, object]:
        """The request for the days `first` to `last`, both included, neither today."""
        return {
            "advertiserId": int(advertiser_id),
            "startDate": first.isoformat(),
            "endDate": last.isoformat(),
            "reportType": self.report_type,
            "reportMetrics": [*self.metrics, *(self.extra if whole else ())],
        }


class State(msgspec.Struct, rename="camel"):
    """How far a snapshot is; `details` is its address once done, or the reason of a failure."""

    code: str = "success"
    snapshot_id: str | None = None
    job_status: str = "pending"
    details: str = ""


def documents(ctx: Context, snapshot: Snapshot, first: date, last: date) -> Iterator[bytes | Path]:
    """The report's CSV, once; asking on says that it has been read. TransientError while it is not finished."""
    key = f"snapshot {snapshot.report_type} {ctx.settings['ads_advertiser_id']} {first} {last}"
    kept = ctx.recall(key)
    state = _look(ctx, kept) if kept else None
    if state is None or state.job_status not in (*_RUNNING, "done"):
        kept = _ask(ctx, snapshot, first, last)
        ctx.remember(key, kept)
    snapshot_id = kept or ""
    what = f"snapshot {snapshot_id} ({snapshot.report_type})"
    if state is None or state.job_status != "done":
        state = wait(ctx, what, lambda: _finished(ctx, snapshot_id), patience=PATIENCE)
    if state.job_status != "done" or not state.details:
        ctx.remember(key, None)
        why = state.details or "Walmart does not say why"
        raise TransientError(f"{what} {state.job_status}: {why}", hint="the next sync asks for a new one")
    yield _document(ctx, state.details)
    ctx.remember(key, None)


def _ask(ctx: Context, snapshot: Snapshot, first: date, last: date) -> str:
    """The new snapshot's id, asked for with all metrics and, where these are refused, with those every report has."""
    advertiser = ctx.settings["ads_advertiser_id"]
    try:
        return _order(ctx, snapshot.body(advertiser, first, last, whole=True))
    except DataError as error:
        ctx.log(f"{error.message}; asking without {', '.join(snapshot.extra)}")
        return _order(ctx, snapshot.body(advertiser, first, last, whole=False))


def _order(ctx: Context, body: Mapping[str, object]) -> str:
    state = decode(ctx.http.post(ads_url(REPORT), json=body, extensions=REPEATABLE), State)
    if state.code == "success" and state.snapshot_id:
        return state.snapshot_id
    raise DataError(
        f"Walmart Connect refuses the snapshot {body['reportType']}: {state.details or state.code}",
        hint="check ads_advertiser_id: `kpiterm account test NAME`; else report this",
    )


def _look(ctx: Context, snapshot_id: str) -> State | None:
    """How far the snapshot is; None where Walmart no longer knows it."""
    params = {"advertiserId": ctx.settings["ads_advertiser_id"], "snapshotId": snapshot_id}
    response = ctx.http.get(ads_url(SNAPSHOT), params=params, extensions={"accept": _GONE})
    return None if response.status_code in _GONE else decode(response, State)


def _finished(ctx: Context, snapshot_id: str) -> State | None:
    state = _look(ctx, snapshot_id) or State(job_status="gone")
    return None if state.job_status in _RUNNING else state


def _document(ctx: Context, address: str) -> bytes | Path:
    """The file: where the API serves it itself, it needs a signature, which the host's plain download does not send."""
    target = httpx.URL(address)
    if target.host == ADS_HOST or target.path.startswith(ADS_PREFIX):
        own = f"https://{ADS_HOST}{target.raw_path.decode()}"
        return ctx.http.get(own, headers={"Accept": "*/*"}).content
    return ctx.download(address).path
