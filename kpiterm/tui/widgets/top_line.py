"""The first line: which workspace, which period, how fresh, and what the sync does."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import datetime

from textual.content import Content
from textual.reactive import reactive

from kpiterm import errors
from kpiterm.analysis.view import Span, View
from kpiterm.i18n import N_, said, word
from kpiterm.tui.draw import STATES, age, clean
from kpiterm.tui.figures import day, month_and_year
from kpiterm.tui.standing import STALE
from kpiterm.tui.sync_state import SyncState
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.painted import Painted


class TopLine(Painted):
    """Left: workspace, period, how many gauges stand how. Right: age of the data and the sync."""

    DEFAULT_CSS = """
    TopLine { height: 1; dock: top; background: $panel; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    view: reactive[View | None] = reactive(None, repaint=False)
    now: reactive[datetime | None] = reactive(None, repaint=False)
    sync_state: reactive[SyncState] = reactive(SyncState, repaint=False)
    frozen: reactive[bool] = reactive(False, repaint=False)

    workspace: reactive[str] = reactive("", repaint=False)

    def __init__(self, workspace: str) -> None:
        super().__init__()
        self.set_reactive(TopLine.workspace, workspace)

    def watch_workspace(self) -> None:
        self.redraw()

    def watch_view(self) -> None:
        self.redraw()

    def watch_now(self) -> None:
        self.redraw()

    def watch_sync_state(self) -> None:
        self.redraw()

    def watch_frozen(self) -> None:
        self.redraw()

    def lines(self, width: int) -> list[Content]:
        name = Content.styled(clean(self.workspace) or _("no client is open"), "bold")
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
        words = [Content.styled(f"{symbol} {count} {_(name)}", style) for count, symbol, name, style in known]
        signs = [Content.styled(f"{symbol} {count}", style) for count, symbol, _name, style in known]
        span = Content(period(self.view))
        return [[span, *words], [span, *signs], signs]

    def _right(self) -> Content:
        parts = [Content(clean(sync_word(self.sync_state)))]
        if self.view is not None and self.now is not None:
            stale = self.now - self.view.as_of > STALE
            when = _(said("as of {0}", age(self.view.as_of, self.now).removeprefix("just ")))
            parts.insert(0, Content.styled("! " + when if stale else when, "bold $warning" if stale else ""))
        if self.frozen:
            parts.insert(0, Content.styled("‖ " + _("FROZEN: space goes on"), "bold $warning"))
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
        name = month_and_year(span.start)
    return name if gone >= days or gone < 1 else _(said("{0}, day {1} of {2}", name, gone, days))


def sync_word(state: SyncState) -> str:
    """What the sync does now: idle, which stream, or how it ended."""
    if state.phase == "stopping":
        return _("sync: stopping…")
    if state.phase == "running":
        current = state.current
        if current is None:
            return _("sync: running")
        where = f"{current.account} {current.stream} {current.window}/{current.windows}"
        return _(said("sync: {0}", where))
    if state.phase == "ended":
        return _(said("sync: {0}", word(_ending(state))))
    return _("sync: idle")


def _ending(state: SyncState) -> str:
    if state.stopped:
        return N_("stopped")
    if not state.failed:
        return N_("done ✓")
    known = {errors.PARTIAL: N_("in part !"), errors.BUSY: N_("another one runs")}
    return known.get(state.exit_code or errors.BUG, N_("failed ✗"))
