"""The Amazon connector with three bounds lifted that a load test would only wait for; everything else is the product's.

The quotas (one page of 100 orders in three minutes), the 20 pages of one search, and the pause before a report is asked
about for the first time. Two settings fix the span that is asked for, so that every round asks for the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from kpiterm.plugins import Connector, Context, Payload, Row, Setting, Stream, Window, hookimpl
from kpiterm_amazon import orders, wire
from kpiterm_amazon.connector import AMAZON

NAME = "bench"
REPORTS, PAGES = "orders", "orders-recent"
REPORT_SPAN = timedelta(days=30)
_EVER = timedelta(days=3650)


@hookimpl
def kpiterm_connectors() -> Iterable[Connector]:
    """The one connector of the benchmarks."""
    orders.MOST_PAGES = 1_000_000
    wire.FIRST_PAUSE = 0.001
    return (
        replace(
            AMAZON,
            name=NAME,
            streams=(_bounded(REPORTS, REPORT_SPAN), _bounded(PAGES, _EVER)),
            settings=(*AMAZON.settings, Setting(name="from", help="start"), Setting(name="until", help="end")),
            rates=(),
        ),
    )


def _bounded(name: str, max_window: timedelta) -> Stream:
    stream = AMAZON.stream(name)
    assert stream

    def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
        start = max(window.start, datetime.fromisoformat(ctx.settings["from"]))
        end = min(window.end, datetime.fromisoformat(ctx.settings["until"]))
        if start < end:
            yield from stream.fetch(ctx, Window(start, end))

    return replace(stream, fetch=fetch, by_day=True, max_window=max_window, retention=None)
