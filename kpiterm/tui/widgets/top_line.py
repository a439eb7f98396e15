"""The first line: which workspace, which period, how fresh, and what the sync does."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import datetime, timedelta

from textual.content import Content
from textual.reactive import reactive

from kpiterm import errors
from kpiterm.analysis.view import Span, View
from kpiterm.tui.draw import MONTHS, STATES, age, clean, day
from kpiterm.tui.sync_state import SyncState
from kpiterm.tui.widgets.painted import Painted

STALE = timedelta(hours=26)
"""From this age on the data are said to be old: a daily sync has not come."""


class TopLine(Painted):
    """Left: workspace, period, how many gauges stand how. Right: age of the data and the sync."""

    DEFAULT_CSS = """
    TopLine { height: 1; dock: top; background: $panel; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    view: reactive[View | None] = reactive(None, repaint=False)
    now: reactive[datetime | None] = reactive(None, repaint=False)
    sync_state: reactive[SyncState] = reactive(SyncState, repaint=False)
    frozen: reactive[bool] = reactive(False, repaint=False)

    def __init__(self, workspace: str) -> None:
        super().__init__()
        self.workspace = workspace

    def watch_view(self) -> None:
        self.redraw()

    def watch_now(self) -> None:
        self.redraw()

    def watch_sync_state(self) -> None:
        self.redraw()

    def watch_frozen(self) -> None:
        self.redraw()

    def lines(self, width: int) -> list[Content]:
        name = Content.styled(clean(self.workspace), "bold")
        right = self._right()
        lefts = [Content("  ").join([name, *parts]) for parts in self._lefts()]
        room = width - right.cell_length - 2
        left = next(
            (left for left in lefts if left.cell_length <= room), lefts[-1].truncate(max(room, 0), ellipsis=True)
        )
        return [Content.assemble(left, " " * (room + 2 - left.cell_length), right)]

    def _lefts(self) -> list[list[Content]]:
        """What may stand at the left, the longest first."""
        if self.view is None:
            return [[]]
        agreed = [gauge.state for gauge in self.view.gauges if gauge.target or gauge.weight]
        counts = Counter(agreed or [gauge.state for gauge in self.view.gauges])
        known = [(counts[state], *look) for state, look in STATES.items() if counts[state]]
        words = [Content.styled(f"{symbol} {count} {word}", style) for count, symbol, word, style in known]
        signs = [Content.styled(f"{symbol} {count}", style) for count, symbol, _, style in known]
        span = Content(period(self.view))
        return [[span, *words], [span, *signs], signs]

    def _right(self) -> Content:
        parts = [Content(clean(sync_word(self.sync_state)))]
        if self.view is not None and self.now is not None:
            stale = self.now - self.view.as_of > STALE
            when = f"{'! ' if stale else ''}as of {age(self.view.as_of, self.now).removeprefix('just ')}"
            parts.insert(0, Content.styled(when, "bold $warning" if stale else ""))
        if self.frozen:
            parts.insert(0, Content.styled("‖ FROZEN: space goes on", "bold $warning"))
        return Content("  ").join(parts)


def period(view: View) -> str:
    """`Nov 2026, day 21 of 30`: the period that most gauges have."""
    spans = Counter(gauge.period for gauge in view.gauges).most_common(1)
    return span_text(spans[0][0]) if spans else ""


def span_text(span: Span) -> str:
    """`Nov 2026, day 21 of 30`, or both ends of a period that is not one calendar month."""
    days, gone = (span.end - span.start).days + 1, (span.through - span.start).days + 1
    name = f"{day(span.start)} – {day(span.end)}"
    if span.start.day == 1 and days == monthrange(span.start.year, span.start.month)[1]:
        name = f"{MONTHS[span.start.month - 1]} {span.start.year}"
    return name if gone >= days or gone < 1 else f"{name}, day {gone} of {days}"


def sync_word(state: SyncState) -> str:
    """What the sync does now: idle, which stream, or how it ended."""
    if state.phase == "stopping":
        return "sync: stopping…"
    if state.phase == "running":
        current = state.current
        if current is None:
            return "sync: running"
        return f"sync: {current.account} {current.stream} {current.window}/{current.windows}"
    if state.phase == "ended":
        return f"sync: {_ending(state)}"
    return "sync: idle"


def _ending(state: SyncState) -> str:
    if state.stopped:
        return "stopped"
    if not state.failed:
        return "done ✓"
    return {errors.PARTIAL: "in part !", errors.BUSY: "another one runs"}.get(state.exit_code or errors.BUG, "failed ✗")
