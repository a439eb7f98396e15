"""All about the chosen KPI: its facts, its history, why it changed, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.events import Resize
from textual.reactive import reactive
from textual.widget import Widget

from kpiterm.analysis.pages.kpi import KpiPage
from kpiterm.analysis.view import Gauge, View
from kpiterm.i18n import N_
from kpiterm.tui import gauge_text, kpi_text
from kpiterm.tui.gauge_detail import brief
from kpiterm.tui.headless import Table
from kpiterm.tui.kpi_history import history
from kpiterm.tui.messages import PageKey
from kpiterm.tui.screens.data_page import DataPage
from kpiterm.tui.widgets.text_panel import TextPanel, nothing

WIDE = 150
"""Columns from which the facts stand beside the cause."""
TALL = 34
"""Rows from which the history has room."""
NO_GAUGE = N_("No KPI has been measured yet. Press s to sync; press 1 for the board.")


class KpiScreen(DataPage):
    """Esc goes back to the board; n and p go to the next KPI and to the one before."""

    CSS_PATH = "kpi.tcss"
    OWN: ClassVar[list[Binding]] = [
        Binding("n", "other(1)", N_("Next KPI"), tooltip=N_("the next KPI of the board")),
        Binding("p", "other(-1)", N_("Previous"), tooltip=N_("the KPI before it")),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        *OWN,
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown,ctrl+f", "turn(1)", show=False),
        Binding("pageup,ctrl+b", "turn(-1)", show=False),
        Binding("home,g", "jump(0)", show=False),
        Binding("end,G", "jump(-1)", show=False),
    ]
    READING = N_("reading cause, bridges and sources…")

    chosen: reactive[tuple[str, str] | None] = reactive(None, repaint=False)

    def content(self) -> Iterable[Widget]:
        with VerticalScroll(id="kpi") as scroll:
            scroll.can_focus = False
            with Horizontal():
                with VerticalScroll(id="facts") as facts:
                    facts.can_focus = False
                    yield TextPanel(id="gauge")
                    yield TextPanel(id="history")
                with VerticalScroll(id="rest") as rest:
                    rest.can_focus = False
                    yield TextPanel(id="page")
                    yield TextPanel(id="evidence")

    def on_mount(self) -> None:
        self._follow("chosen")

    @property
    def gauge(self) -> Gauge | None:
        """The chosen gauge; while none was chosen, or it is gone, the board's first."""
        gauges = gauge_text.in_order(self.view.gauges) if self.view else []
        return next((g for g in gauges if gauge_text.key(g) == self.chosen), gauges[0] if gauges else None)

    def page_key(self) -> PageKey | None:
        gauge = self.gauge
        return ("kpi", *gauge_text.key(gauge)) if gauge else None

    def watch_view(self, _: View | None) -> None:
        self._gauge_changed()

    def watch_chosen(self, before: tuple[str, str] | None, after: tuple[str, str] | None) -> None:
        if before != after and self.view is not None:
            self._gauge_changed()
            self.query_one("#kpi", VerticalScroll).scroll_home(animate=False)

    def _gauge_changed(self) -> None:
        if self.view is None:
            return
        gauge = self.gauge
        self.query_one("#gauge", TextPanel).show(partial(brief, gauge) if gauge else nothing)
        self._draw_history()
        self.query_one("#evidence", TextPanel).show(partial(kpi_text.data, gauge) if gauge else nothing)
        if self.state.content is None:
            self.query_one("#page", TextPanel).show(nothing)
        if self.is_current:
            self.post_message(self.Shown(self.page_key()))
        self.redraw()

    def show(self, content: object) -> None:
        if isinstance(content, KpiPage):
            self.query_one("#page", TextPanel).show(partial(kpi_text.page, content))
            self._draw_history()

    def _draw_history(self) -> None:
        gauge, page = self.gauge, self.state.content
        height = 8 if self.size.height >= TALL else 4
        drawing = partial(history, gauge, page if isinstance(page, KpiPage) else None, height) if gauge else nothing
        self.query_one("#history", TextPanel).show(drawing)

    def told_alone(self) -> str:
        return "" if self.gauge or self.view is None else NO_GAUGE

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= WIDE, "-wide")
        self._gauge_changed()

    def action_back(self) -> None:
        self.app.switch_mode("board")

    def action_other(self, step: int) -> None:
        """To another KPI, in the board's order."""
        gauges = gauge_text.in_order(self.view.gauges) if self.view else []
        keys = [gauge_text.key(g) for g in gauges]
        if self.gauge:
            self.post_message(self.Chosen(keys[(keys.index(gauge_text.key(self.gauge)) + step) % len(keys)]))

    def action_scroll(self, step: int) -> None:
        self.query_one("#kpi", VerticalScroll).scroll_relative(y=step, animate=False)

    def action_turn(self, step: int) -> None:
        box = self.query_one("#kpi", VerticalScroll)
        box.scroll_relative(y=step * max(box.size.height - 2, 1), animate=False)

    def action_jump(self, end: int) -> None:
        box = self.query_one("#kpi", VerticalScroll)
        (box.scroll_end if end else box.scroll_home)(animate=False)

    def copied(self) -> str:
        gauge = self.gauge
        return gauge_text.copied(gauge) if gauge else ""

    def table(self) -> Table | None:
        """The cause's lines, or what the board says of this KPI."""
        state = self.state
        if self.gauge is None or not isinstance(state.content, KpiPage) or state.content.cause is None:
            return None
        cause = state.content.cause
        rows = [(line.channel, line.key or "", line.name, f"{line.change:f}") for line in cause.lines]
        return Table(f"kpi-{cause.kpi}", ("channel", "key", "name", "change"), rows)
