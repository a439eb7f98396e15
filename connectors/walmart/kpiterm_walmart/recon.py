"""Reconciliation reports: what each payout is made of, line by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib.resources import files

import msgspec

from kpiterm.plugins import Context, DataError, Output, Payload, Shape, Stream, Window
from kpiterm_walmart import archives, recon_lines
from kpiterm_walmart.places import url
from kpiterm_walmart.wire import decode

AVAILABLE = "/v3/report/reconreport/availableReconFiles"
FILE = "/v3/report/reconreport/reconFile"
VERSION = {"reportVersion": "v1"}
_NONE_FOUND = 404


class _Available(msgspec.Struct, rename="camel"):
    available_ap_report_dates: list[str] = []


def fetch(ctx: Context, window: Window) -> Iterator[Payload]:
    """The reports dated within the window. The JSON edition is cut at 1,000 rows, so that the ZIP is read."""
    days = set(window.days(ctx.tz))
    for day in sorted(days.intersection(available(ctx))):
        yield _read(ctx, day)


def available(ctx: Context) -> list[date]:
    """The dates of the reports that Walmart keeps."""
    response = ctx.http.get(url(AVAILABLE), params=VERSION, extensions={"accept": (_NONE_FOUND,)})
    if response.status_code == _NONE_FOUND:
        return []
    return [_day(text) for text in decode(response, _Available).available_ap_report_dates]


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%m%d%Y").date()  # noqa: DTZ007 -- a date
    except ValueError:
        raise DataError(
            f"GET {AVAILABLE}: {text!r} is no date written MMDDYYYY", hint="report this: the format has changed"
        ) from None


def _read(ctx: Context, day: date) -> Payload:
    what = f"reconciliation report of {day}"
    # Any other Accept, even */*, is answered 406.
    response = ctx.http.get(
        url(FILE), params={"reportDate": f"{day:%m%d%Y}", **VERSION}, headers={"Accept": "application/octet-stream"}
    )
    with archives.table(response.content, what) as packed:
        text = io.TextIOWrapper(packed, encoding="utf-8-sig", newline="")
        lines = recon_lines.Lines.of(csv.reader(text), what)
    ctx.log(f"{what}: {len(lines.kept):,} lines")
    return Payload(body=lines.tsv(day.isoformat()), format="tsv", request=what)


SHAPE = Shape(
    columns={
        **dict.fromkeys(recon_lines.COLUMNS, "VARCHAR"),
        "quantity": "BIGINT",
        "amount": "DECIMAL(18, 4)",
        "posted_on": "DATE",
    },
    required=("settlement", "posted_on", "amount"),
    outputs=(
        Output(
            into="settlement_line",
            select=files(__package__).joinpath("recon.sql").read_text("utf-8"),
            replaces=("settlement_id",),
        ),
    ),
)

STREAM = Stream(
    name="recon",
    title="Reconciliation reports (payouts)",
    fetch=fetch,
    shape=SHAPE,
    lookback=timedelta(days=7),
    history=timedelta(days=365),
    max_window=timedelta(days=366),
    every=timedelta(hours=12),
)
