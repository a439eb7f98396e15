"""The life of an on-request report: ask, remember its id, wait, fetch its archive, forget the id.

Walmart gives twenty looks an hour at one request, but two hundred a minute at the list of them: the list is polled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from kpiterm.plugins import Context, DataError, TransientError
from kpiterm_walmart import archives
from kpiterm_walmart.places import url
from kpiterm_walmart.wire import REPEATABLE, decode, wait

REQUESTS = "/v3/reports/reportRequests"
DOWNLOAD = "/v3/reports/downloadReport"
# Walmart needs 15 to 45 minutes; what is not ready by then is left to the next sync.
PATIENCE = 20 * 60.0
# Walmart shows requests for 30 days.
KEPT = timedelta(days=29)
State = Literal["RECEIVED", "INPROGRESS", "READY", "ERROR"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A daily report of the days `first` to `last`, both included."""

    type: str
    version: str
    first: date
    last: date

    @property
    def key(self) -> str:
        return f"report {self.type} {self.version}"

    @property
    def query(self) -> dict[str, str]:
        return {"reportType": self.type, "reportVersion": self.version}

    @property
    def body(self) -> dict[str, str]:
        """Dates alone belong here: type and version in the body are answered 404."""
        return {
            "dataStartTime": f"{self.first}T00:00:00.000Z",
            "dataEndTime": f"{self.last}T23:59:59.000Z",
            "dateGranularity": "DAILY",
        }

    def __str__(self) -> str:
        return f"{self.type} {self.version} {self.first}..{self.last}"


class Ticket(msgspec.Struct):
    """A report that was asked for, as it is remembered between runs."""

    id: str
    asked: datetime
    first: date
    last: date

    def covers(self, report: Report, now: datetime) -> bool:
        return (self.first, self.last) == (report.first, report.last) and now - self.asked < KEPT


class _Request(msgspec.Struct, rename="camel"):
    request_id: str
    request_status: State = "RECEIVED"


class _Requests(msgspec.Struct, rename="camel"):
    requests: list[_Request] = []
    next_cursor: str | None = None


class _Address(msgspec.Struct):
    download_url: str = msgspec.field(name="downloadURL")


def documents(ctx: Context, report: Report) -> Iterator[Path]:
    """The report's table, once; asking on says that it has been read. TransientError while it is not finished."""
    ticket = _resumed(ctx, report) or _asked(ctx, report)
    state = wait(ctx, f"report {ticket.id} ({report})", lambda: _finished(ctx, report, ticket), patience=PATIENCE)
    if state == "ERROR":
        ctx.remember(report.key, None)
        raise TransientError(
            f"Walmart could not make {report} (report {ticket.id}, ERROR)", hint="the next sync asks for a new one"
        )
    yield archives.extract(_download(ctx, ticket), str(report))
    ctx.remember(report.key, None)


def _resumed(ctx: Context, report: Report) -> Ticket | None:
    kept = ctx.recall(report.key)
    ticket = msgspec.json.decode(kept, type=Ticket) if kept else None
    if ticket is None or not ticket.covers(report, ctx.now):
        return None
    ctx.log(f"resuming report {ticket.id} ({report})")
    return ticket


def _asked(ctx: Context, report: Report) -> Ticket:
    response = ctx.http.post(url(REQUESTS), params=report.query, json=report.body, extensions=REPEATABLE)
    created = decode(response, _Request)
    ticket = Ticket(created.request_id, ctx.now, report.first, report.last)
    ctx.remember(report.key, msgspec.json.encode(ticket).decode())
    return ticket


def _finished(ctx: Context, report: Report, ticket: Ticket) -> State | None:
    """READY or ERROR, None while it is being made; a request that Walmart no longer lists counts as failed."""
    address, params = url(REQUESTS), dict(report.query)
    params["requestSubmissionStartDate"] = f"{ticket.asked - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    seen: set[str] = set()
    while True:
        page = decode(ctx.http.get(address, params=params or None), _Requests)
        if found := next((r for r in page.requests if r.request_id == ticket.id), None):
            return found.request_status if found.request_status in ("READY", "ERROR") else None
        cursor = (page.next_cursor or "").removeprefix("?")
        if not cursor or cursor in seen:
            return "ERROR" if ctx.now - ticket.asked > timedelta(hours=1) else None
        seen.add(cursor)
        address, params = f"{url(REQUESTS)}?{cursor}", {}


def _download(ctx: Context, ticket: Ticket) -> Path:
    """The signed address lives some minutes and takes no Walmart headers: the host downloads without credentials."""
    response = ctx.http.get(url(DOWNLOAD), params={"requestId": ticket.id})
    try:
        return ctx.download(decode(response, _Address).download_url).path
    except DataError as error:
        ctx.log(f"report {ticket.id}: {error.message}")
        raise
