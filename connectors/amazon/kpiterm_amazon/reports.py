"""The life of a Selling Partner report: ask, remember its id, wait, fetch the document, forget the id.

The id is remembered before the first poll, so that a run which broke off is resumed and Amazon is never asked twice
for the same report, which it would answer with CANCELLED.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from kpiterm.plugins import Context, DataError, Download, TransientError, Window
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import REPEATABLE, decode, stamp, wait

REPORTS = "/reports/2021-06-30/reports"
DOCUMENTS = "/reports/2021-06-30/documents"
_RUNNING = frozenset({"IN_QUEUE", "IN_PROGRESS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What to ask for. `may_be_empty` says that no data, which Amazon calls CANCELLED, is a plausible answer;
    `interval` is the time that must lie between two requests of the type, or Amazon answers CANCELLED or FATAL;
    `read_again` is the span before its end that the next run reads again anyway."""

    type: str
    start: datetime
    end: datetime
    options: Mapping[str, str] = field(default_factory=dict)
    may_be_empty: bool = False
    interval: timedelta = timedelta(0)
    read_again: timedelta | None = None

    @property
    def long(self) -> bool:
        """Whether data would be lost, if Amazon wrongly said that there are none: of a shorter span, earlier runs have
        read the beginning, and later ones read the end again."""
        known = self.read_again
        return known is not None and self.end - self.start > known + max(timedelta(days=1), known / 4)

    @property
    def key(self) -> str:
        options = " ".join(f"{name}={value}" for name, value in sorted(self.options.items()))
        return f"report {self.type} {options}".rstrip()

    def __str__(self) -> str:
        return f"{self.type} {stamp(self.start)}..{stamp(self.end)}"


class Ticket(msgspec.Struct):
    """A report that was asked for, as it is remembered between runs; `hasty` if that was within its interval."""

    id: str
    start: datetime
    end: datetime
    hasty: bool = False

    def covers(self, report: Report) -> bool:
        return (stamp(self.start), stamp(self.end)) == (stamp(report.start), stamp(report.end))


class _Created(msgspec.Struct, rename="camel"):
    report_id: str


class _State(msgspec.Struct, rename="camel"):
    processing_status: str
    report_document_id: str | None = None


class _Document(msgspec.Struct):
    url: str


def under_way(ctx: Context, report: Report) -> Ticket | None:
    """The report of this type and these options that an earlier run asked for and did not finish reading."""
    kept = ctx.recall(report.key)
    return msgspec.json.decode(kept, type=Ticket) if kept else None


def spans(ctx: Context, report: Report) -> list[Window]:
    """The spans to ask for so that `report` is covered. A part that a broken-off run already asked for comes first and
    is resumed as it was; only what lies before and after it is new (windows end in the present, which moves on)."""
    ticket = under_way(ctx, report)
    if ticket is None or ticket.end <= report.start or ticket.start >= report.end:
        return [Window(report.start, report.end)]
    parts = ((ticket.start, ticket.end), (report.start, ticket.start), (ticket.end, report.end))
    return [Window(start, end) for start, end in parts if start < end]


def adopted(ctx: Context, report: Report) -> Report:
    """`report` with the dates of one that a broken-off run of the last day asked for and that covers its start, for
    types that may not be asked for twice in a row; the hours in between are read again by the next run."""
    ticket = under_way(ctx, report)
    if ticket is None or ticket.start > report.start or ticket.end < report.end - timedelta(days=1):
        return report
    return replace(report, start=ticket.start, end=ticket.end)


def documents(ctx: Context, report: Report) -> Iterator[Download]:
    """The report's document, once, or nothing where Amazon has no data; asking on says that it has been read.

    Raises TransientError while the report is not finished, DataError where Amazon says why it could not make it.
    """
    ticket, state = _made(ctx, report)
    if state.processing_status == "CANCELLED" and report.may_be_empty and report.long and not report.interval:
        ctx.log(f"Amazon answers CANCELLED for {report}: asking once more, for so long a time without data is unlikely")
        ctx.remember(report.key, None)
        ticket, state = _made(ctx, report)
    if state.processing_status == "DONE" and state.report_document_id:
        yield download(ctx, state.report_document_id)
        ctx.remember(report.key, None)
        ctx.remember(_cancelled(report), None)
        return
    ctx.remember(report.key, None)
    _explain(ctx, report, ticket, state)


def _made(ctx: Context, report: Report) -> tuple[Ticket, _State]:
    """The report once Amazon works on it no more: the one of a broken-off run, or a new one."""
    ticket, state = _resume(ctx, report) or _ask(ctx, report)
    if state is None or state.processing_status in _RUNNING:
        state = wait(ctx, f"report {ticket.id} ({report})", lambda: _finished(ctx, ticket))
    return ticket, state


def _cancelled(report: Report) -> str:
    return f"cancelled {report.type}"


def _resume(ctx: Context, report: Report) -> tuple[Ticket, _State | None] | None:
    ticket = under_way(ctx, report)
    if ticket is None or not ticket.covers(report):
        return None
    url = place(ctx.settings).selling(f"{REPORTS}/{ticket.id}")
    response = ctx.http.get(url, extensions={"accept": (404,)})
    if response.status_code == 404:
        ctx.log(f"report {ticket.id} is gone; asking for {report} anew")
        return None
    ctx.log(f"resuming report {ticket.id} ({report})")
    return ticket, decode(response, _State)


def _ask(ctx: Context, report: Report) -> tuple[Ticket, None]:
    where = place(ctx.settings)
    body: dict[str, object] = {
        "reportType": report.type,
        "marketplaceIds": [where.marketplace_id],
        "dataStartTime": stamp(report.start),
        "dataEndTime": stamp(report.end),
    }
    if report.options:
        body["reportOptions"] = dict(report.options)
    hasty = _hasty(ctx, report)  # noted before it is asked: the answer may be lost on the way
    # Within its interval a second one would be answered CANCELLED, as if there were no data.
    extensions = {} if report.interval else REPEATABLE
    created = decode(ctx.http.post(where.selling(REPORTS), json=body, extensions=extensions), _Created)
    ticket = Ticket(created.report_id, report.start, report.end, hasty)
    ctx.remember(report.key, msgspec.json.encode(ticket).decode())
    return ticket, None


def _hasty(ctx: Context, report: Report) -> bool:
    """Whether the type was asked for within its interval already; this request is noted."""
    if not report.interval:
        return False
    key = f"asked {report.type}"
    before = ctx.recall(key)
    ctx.remember(key, stamp(ctx.now))
    return before is not None and ctx.now - datetime.fromisoformat(before) < report.interval


def _finished(ctx: Context, ticket: Ticket) -> _State | None:
    url = place(ctx.settings).selling(f"{REPORTS}/{ticket.id}")
    state = decode(ctx.http.get(url), _State)
    return None if state.processing_status in _RUNNING else state


def download(ctx: Context, document_id: str) -> Download:
    """A report's document; its address lives five minutes, so an expired one is asked for again once."""
    try:
        return ctx.download(_address(ctx, document_id))
    except TransientError as error:
        ctx.log(f"{error.message}; asking for another address of document {document_id}")
        return ctx.download(_address(ctx, document_id))


def _address(ctx: Context, document_id: str) -> str:
    url = place(ctx.settings).selling(f"{DOCUMENTS}/{document_id}")
    return decode(ctx.http.get(url), _Document).url


def _explain(ctx: Context, report: Report, ticket: Ticket, state: _State) -> None:
    """Amazon gives no code that tells "no data" from "asked too often"; only where no data is plausible, it is that."""
    if state.processing_status == "FATAL":
        raise _fatal(ctx, report, ticket, state)
    if report.may_be_empty and not ticket.hasty:
        if report.long and report.interval and not ctx.recall(_cancelled(report)):
            ctx.remember(_cancelled(report), stamp(ctx.now))
            hours = report.interval.total_seconds() / 3600
            raise TransientError(
                f"Amazon answers CANCELLED for {report} (report {ticket.id}): no data, or it did not make the report",
                hint=f"Amazon makes one in {hours:g} hours: the first sync after that asks again, to be sure",
            )
        ctx.remember(_cancelled(report), None)
        ctx.log(f"Amazon answers {state.processing_status} without a document: no data for {report}")
        return
    raise TransientError(
        f"Amazon answers {state.processing_status} without a document for {report} (report {ticket.id})",
        hint="such a report is asked for too often, or its data are not ready: the next sync asks again",
    )


def _fatal(ctx: Context, report: Report, ticket: Ticket, state: _State) -> DataError | TransientError:
    what = f"Amazon could not make {report} (report {ticket.id}, FATAL)"
    if not state.report_document_id:
        return TransientError(what, hint="the next sync asks for a new one")
    document = download(ctx, state.report_document_id)
    text = document.path.read_text("utf-8", errors="replace")
    document.path.unlink()
    return DataError(f"{what}: {_details(text)}", hint="change what the message names, then sync again")


def _details(text: str) -> str:
    class Failure(msgspec.Struct, rename="camel"):
        error_details: str

    try:
        return msgspec.json.decode(text, type=Failure).error_details
    except msgspec.DecodeError:
        return text[:300]
