"""Ad reports by reporting v3: ask, or adopt the one that is already running; wait; fetch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import msgspec

from kpiterm.plugins import Context, DataError, Download, TransientError
from kpiterm_amazon.ads_reports import AdsReport
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import REPEATABLE, decode, wait

REPORTS = "/reporting/reports"
CONTENT_TYPE = "application/vnd.createasyncreportrequest.v3+json"
_REPORT_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_DUPLICATE, _GONE = 425, 404
_RUNNING = frozenset({"PENDING", "PROCESSING"})


def body(report: AdsReport, first: date, last: date) -> dict[str, object]:
    """The request for the days `first` to `last`, both included."""
    return {
        "name": f"kpiterm {report.type_id} {first} {last}",
        "startDate": first.isoformat(),
        "endDate": last.isoformat(),
        "configuration": {
            "adProduct": report.ad_product,
            "groupBy": [report.group_by],
            "columns": list(report.columns),
            "reportTypeId": report.type_id,
            "timeUnit": "DAILY",
            "format": "GZIP_JSON",
        },
    }


class _State(msgspec.Struct, rename="camel"):
    report_id: str
    status: str
    url: str | None = None
    failure_reason: str | None = None


class _Error(msgspec.Struct):
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where one profile's reports are asked for."""

    ctx: Context
    profile_id: str

    def url(self, report_id: str = "") -> str:
        return place(self.ctx.settings).advertising(f"{REPORTS}/{report_id}".rstrip("/"))

    @property
    def scope(self) -> dict[str, str]:
        return {"Amazon-Advertising-API-Scope": self.profile_id}

    def state(self, report_id: str) -> _State | None:
        """How far the report is; None where Amazon no longer knows it."""
        response = self.ctx.http.get(self.url(report_id), headers=self.scope, extensions={"accept": (_GONE,)})
        return None if response.status_code == _GONE else decode(response, _State)


def documents(ctx: Context, profile_id: str, report: AdsReport, first: date, last: date) -> Iterator[Download]:
    """The document of these days, a JSON list, once; asking on says that it has been read.

    Raises TransientError while the report is not finished; its id is kept for the next run.
    """
    desk = _Desk(ctx, profile_id)
    key = f"ads {report.type_id} {profile_id} {first} {last}"
    kept = ctx.recall(key)
    state = (desk.state(kept) if kept else None) or _ask(desk, report, first, last)
    report_id = state.report_id
    ctx.remember(key, report_id)
    if state.status in _RUNNING:
        state = wait(ctx, f"ads report {report_id} ({report.type_id})", lambda: _finished(desk, report_id))
    if state.status != "COMPLETED":
        ctx.remember(key, None)
        reason = state.failure_reason or f"status {state.status}"
        raise TransientError(f"ads report {report_id} failed: {reason}", hint="the next sync asks for a new one")
    yield _download(desk, state)
    ctx.remember(key, None)


def _ask(desk: _Desk, report: AdsReport, first: date, last: date) -> _State:
    response = desk.ctx.http.post(
        desk.url(),
        content=msgspec.json.encode(body(report, first, last)),
        headers={**desk.scope, "Content-Type": CONTENT_TYPE},
        extensions={**REPEATABLE, "accept": (_DUPLICATE,)},
    )
    if response.status_code != _DUPLICATE:
        return decode(response, _State)
    detail = decode(response, _Error).detail
    running = _REPORT_ID.search(detail)
    if running is None:
        raise TransientError(
            f"Amazon Ads already makes this {report.type_id} report and does not say its id: {detail[:200]}",
            hint="the next sync asks again",
        )
    desk.ctx.log(f"adopting the running ads report {running[0]} ({report.type_id})")
    return _State(running[0], "PENDING")


def _finished(desk: _Desk, report_id: str) -> _State | None:
    state = desk.state(report_id)
    if state is None:
        raise TransientError(f"ads report {report_id} is gone", hint="the next sync asks for a new one")
    return None if state.status in _RUNNING else state


def _download(desk: _Desk, state: _State) -> Download:
    try:
        return desk.ctx.download(_address(state))
    except TransientError:  # the address lives an hour; asking for the state makes a new one
        fresh = desk.state(state.report_id) or state
        return desk.ctx.download(_address(fresh))


def _address(state: _State) -> str:
    if not state.url:
        raise DataError(f"ads report {state.report_id} is COMPLETED but has no address", hint="sync again later")
    return state.url
