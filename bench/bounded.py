"""A connector's stream as a load test wants it: over a span that two settings fix, so that every round asks for the
same bytes whatever the time of day, and in windows of four weeks, so that one is loaded while the next is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from kpiterm.plugins import Context, Note, Payload, Row, Setting, Stream, Window

WINDOW = timedelta(days=28)
SPAN = (Setting(name="from", help="start"), Setting(name="until", help="end"))


def bounded(stream: Stream | None) -> Stream:
    """The stream between the settings `from` and `until`."""
    assert stream

    def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row | Note]:
        start = max(window.start, datetime.fromisoformat(ctx.settings["from"]))
        end = min(window.end, datetime.fromisoformat(ctx.settings["until"]))
        if start < end:
            yield from stream.fetch(ctx, Window(start, end))

    return replace(stream, fetch=fetch, by_day=True, max_window=WINDOW, retention=None)
