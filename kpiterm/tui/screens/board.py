"""The board: every KPI of the period with its target, and whether the accounts are fresh."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import ListView, Static

from kpiterm.analysis.format import plain
from kpiterm.analysis.view import View, headlines
from kpiterm.tui import gauge_text
from kpiterm.tui.headless import Table
from kpiterm.tui.screens.page import Page
from kpiterm.tui.widgets.account_strip import AccountStrip
from kpiterm.tui.widgets.gauge_list import GaugeList
from kpiterm.tui.widgets.gauge_panel import GaugePanel

LEAST = (60, 18)
"""Columns and rows below which the board is all that is shown."""
READING = "reading the store…"
WIDE = 160
"""Columns from which the chosen gauge stands beside the list."""
EMPTY = "No KPI has been measured yet. Press s to sync; press 5 to see the accounts."


class BoardScreen(Page):
    """Gauges above, accounts below; on a wide terminal the chosen gauge stands beside them in full, on a tiny one only
    the gauges are left."""

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
            waiting.display = not headlines(view.gauges)
            self.query_one(AccountStrip).accounts = view.accounts
            await self.query_one(GaugeList).show(view.gauges)
            self._show_chosen()

    def on_resize(self, event: Resize) -> None:
        self.query_one("#side").display = event.size.width >= WIDE
        strip = self.query_one(AccountStrip)
        strip.display = event.size.width >= LEAST[0] and event.size.height >= LEAST[1]
        strip.most = 2 if event.size.height < 20 else 3 if event.size.height < 30 else 8

    @on(ListView.Highlighted)
    def _show_chosen(self) -> None:
        gauge = self.query_one(GaugeList).gauge
        self.query_one(GaugePanel).gauge = gauge
        if gauge is not None:
            self.post_message(self.Chosen(gauge_text.key(gauge)))

    @on(ListView.Selected)
    def _open_detail(self) -> None:
        if self.query_one(GaugeList).gauge is not None:
            self.app.switch_mode("kpi")

    def copied(self) -> str:
        gauge = self.query_one(GaugeList).gauge
        return (
            "  ".join((gauge.name, gauge.channel, gauge_text.value(gauge), gauge_text.target(gauge))) if gauge else ""
        )

    def table(self) -> Table | None:
        if self.view is None:
            return None
        rows = [
            (g.id, g.name, g.channel, _digits(g.value), f"{g.target.op} {g.target.value}" if g.target else "", g.state,
             g.reason or "", f"{g.period.start}", f"{g.period.end}", f"{g.data_through or ''}")
            for g in gauge_text.in_order(self.view.gauges)
        ]  # fmt: skip
        header = ("kpi", "name", "channel", "value", "target", "state", "reason", "start", "end", "data_through")
        return Table("board", header, rows)


def _digits(value: Decimal | None) -> str:
    return "" if value is None else plain(value)
