"""Bad words about the seller: the feedback report, whose headers and dates are in the marketplace's own language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kpiterm.plugins import Context, DataError, Payload, Row, Stream, Window, parse
from kpiterm_amazon import reports
from kpiterm_amazon.encodings import encoding
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import SIDE_BY_SIDE

REPORT_TYPE = "GET_SELLER_FEEDBACK_DATA"
LOOKBACK = timedelta(days=30)
_ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}")
_YEAR_FIRST = re.compile(r"\d{2}([/.-])\d{1,2}\1\d{1,2}")


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """The window in one report; it holds ratings of one to three stars only, and mostly there is none to tell of."""
    asked = reports.Report(type=REPORT_TYPE, start=window.start, end=window.end, may_be_empty=True, read_again=LOOKBACK)
    report = reports.adopted(ctx, asked)
    for document in reports.documents(ctx, report):
        body = document.path.read_bytes()
        text = body.decode(encoding(document, place(ctx.settings).code), errors="replace")
        document.path.unlink()
        yield Payload(body=body, format="tsv", request=str(report))
        yield from rows(text, ctx)


def rows(text: str, ctx: Context) -> Iterator[Row]:
    """The ratings, without comments and addresses. Columns are told by their name or, in other languages, by what they
    hold; DataError where one cannot be found."""
    header, *lines = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines() if line.strip()] or [[]]
    width = len(header)
    lines = [line + [""] * (width - len(line)) for line in lines]
    if not lines:
        return

    def is_day(cell: str) -> bool:
        return _moment(cell, ctx) is not None

    day = _column(header, lines, "date", is_day)
    rating = _column(header, lines, "rating", lambda cell: cell in "12345" and len(cell) == 1)
    order = _column(header, lines, "order id", lambda cell: _ORDER_ID.fullmatch(cell) is not None)
    for line in lines:
        moment = _moment(line[day], ctx)
        if moment is None or not line[rating].isdecimal():
            raise DataError(
                f"{REPORT_TYPE}: {line[day]!r} is no date, or {line[rating]!r} no rating", hint="report this"
            )
        values = {"review_id": f"feedback {line[order]}", "kind": "seller", "reviewed_at": moment}
        yield Row("review", {**values, "order_id": line[order], "rating": int(line[rating])})


def _column(header: list[str], lines: list[list[str]], name: str, holds: Callable[[str], bool]) -> int:
    named = [n for n, cell in enumerate(header) if cell.lower() == name]
    found = named or [n for n in range(len(header)) if all(holds(line[n]) for line in lines)]
    if not found:
        raise DataError(
            f"{REPORT_TYPE} has no column that holds the {name}; it has {', '.join(header)}",
            hint="nothing of this window was stored; if Amazon changed the report, upgrade the connector",
        )
    return found[0]


def _moment(text: str, ctx: Context) -> datetime | None:
    """The start of the business day that is meant, aware UTC; None for what is no date."""
    code = place(ctx.settings).code
    if code == "JP" and _YEAR_FIRST.fullmatch(text):
        text = f"20{text}"
    try:
        day = parse.day(text, month_first=code == "US")
    except ValueError:
        return None
    return datetime.combine(day, time(), ZoneInfo(ctx.tz)).astimezone(UTC)


STREAM = Stream(
    name="feedback",
    title="Seller feedback of one to three stars",
    fetch=fetch,
    lookback=LOOKBACK,
    history=timedelta(days=180),
    retention=timedelta(days=364),
    max_window=timedelta(days=365),
    every=timedelta(hours=20),
    ahead=SIDE_BY_SIDE,
    lag=timedelta(minutes=5),
)
