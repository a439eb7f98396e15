"""The board: every KPI of the period with its target, and whether the accounts are fresh."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import ListView, Static

from kpiterm.analysis.view import View
from kpiterm.tui.screens.detail import DetailScreen
from kpiterm.tui.screens.page import Page
from kpiterm.tui.widgets.account_strip import AccountStrip
from kpiterm.tui.widgets.gauge_list import GaugeList
from kpiterm.tui.widgets.gauge_panel import GaugePanel

READING = "reading the store…"
WIDE = 160
"""Columns from which the chosen gauge stands beside the list."""
EMPTY = "No KPI has been measured yet. Press s to sync; press 5 to see the accounts."


class BoardScreen(Page):
    """Gauges above, accounts below; on a wide terminal the chosen gauge stands beside them in full."""

    CSS_PATH = "board.tcss"
    BRIEF = True

    def body(self) -> Iterable[Widget]:
        yield Static(READING, id="waiting")
        with Horizontal():
            with Vertical(id="main"):
                yield GaugeList()
                yield AccountStrip().data_bind(Page.now, Page.sync_state)
            with VerticalScroll(id="side", can_focus=False) as side:
                side.display = self.app.size.width >= WIDE
                yield GaugePanel()

    async def watch_view(self, view: View | None) -> None:
        if view is None:
            return
        with self.app.batch_update():
            waiting = self.query_one("#waiting", Static)
            waiting.update(EMPTY)
            waiting.display = not view.gauges
            self.query_one(AccountStrip).accounts = view.accounts
            await self.query_one(GaugeList).show(view.gauges)
            self._show_chosen()

    def on_resize(self, event: Resize) -> None:
        self.query_one("#side").display = event.size.width >= WIDE
        self.query_one(AccountStrip).most = 2 if event.size.height < 20 else 3 if event.size.height < 30 else 8

    @on(ListView.Highlighted)
    def _show_chosen(self) -> None:
        self.query_one(GaugePanel).gauge = self.query_one(GaugeList).gauge

    @on(ListView.Selected)
    def _open_detail(self) -> None:
        if (gauge := self.query_one(GaugeList).gauge) is not None:
            self.app.push_screen(DetailScreen(gauge))
