"""Streams that are one tab-separated report each: how they are asked for, and what their rows are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from kpiterm.plugins import Context, Output, Payload, Shape, Window
from kpiterm_amazon import reports
from kpiterm_amazon.encodings import encoding
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import stamp

FBA_DAILY = timedelta(hours=4)  # Amazon makes such a report once in that time
TEXT = "VARCHAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatReport:
    """A report type; a `snapshot` shows the present whatever dates are asked for."""

    type: str
    options: Mapping[str, str] = field(default_factory=dict)
    interval: timedelta = timedelta(0)
    read_again: timedelta | None = None
    may_be_empty: bool = False
    snapshot: bool = False


def fetch(flat: FlatReport, ctx: Context, window: Window) -> Iterator[Payload]:
    """The window in one report. Rows may use `_taken_at`, when it was read, `_day`, the business day of that,
    and `_country`, the code of the account's marketplace."""
    start, end = _today(ctx) if flat.snapshot else (window.start, window.end)
    asked = reports.Report(
        type=flat.type, start=start, end=end, options=flat.options, may_be_empty=flat.may_be_empty,
        interval=flat.interval, read_again=flat.read_again,
    )  # fmt: skip
    report = reports.adopted(ctx, asked)
    country = place(ctx.settings).code
    day = ctx.now.astimezone(ZoneInfo(ctx.tz)).date().isoformat()
    for document in reports.documents(ctx, report):
        yield Payload(
            body=document.path,
            format="tsv",
            request=str(report),
            encoding=encoding(document, country),
            extra={"_taken_at": stamp(ctx.now), "_day": day, "_country": country},
        )


def _today(ctx: Context) -> tuple[datetime, datetime]:
    """Amazon ignores the dates of a snapshot; these make a resumed report one of today."""
    midnight = datetime.combine(ctx.now.astimezone(ZoneInfo(ctx.tz)).date(), time(), UTC)
    return midnight - timedelta(days=1), midnight


def shape(columns: Mapping[str, str], required: tuple[str, ...], *outputs: Output) -> Shape:
    """The named columns of the file, and those that `fetch` adds."""
    added = {"_taken_at": TEXT, "_day": "DATE", "_country": TEXT}
    return Shape(columns={**columns, **added}, required=required, outputs=outputs)


def sql(name: str) -> str:
    """The text of one of the package's SQL files."""
    return files(__package__).joinpath(name).read_text("utf-8")
