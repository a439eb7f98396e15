"""The board: every KPI of the period with its target, and whether the accounts are fresh."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import ListView

from kpiterm.analysis.format import plain
from kpiterm.analysis.view import View
from kpiterm.i18n import N_
from kpiterm.tui import gauge_text
from kpiterm.tui.headless import Table
from kpiterm.tui.screens.page import Page
from kpiterm.tui.standing import READING, standing
from kpiterm.tui.widgets.account_strip import AccountStrip
from kpiterm.tui.widgets.gauge_list import GaugeList
from kpiterm.tui.widgets.gauge_panel import GaugePanel
from kpiterm.tui.widgets.phrase import Phrase

LEAST = (60, 18)
"""Columns and rows below which the board is all that is shown."""
WIDE = 160
"""Columns from which the chosen gauge stands beside the list."""


class BoardScreen(Page):
    """Gauges above, accounts below; on a wide terminal the chosen gauge stands beside them in full, on a tiny one only
    the gauges are left."""

    CSS_PATH = "board.tcss"
    BRIEF = True
    OWN: ClassVar[list[Binding]] = [
        Binding("n", "next_problem", N_("Next problem"), tooltip=N_("the next KPI in watch or breach"), show=False),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*OWN]

    def body(self) -> Iterable[Widget]:
        yield Phrase(READING, id="waiting")
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
            self._say()
            self.query_one(AccountStrip).accounts = view.accounts
            await self.query_one(GaugeList).show(view.gauges)
            self._show_chosen()

    def watch_feed_error(self) -> None:
        self._say()

    def watch_sync_state(self) -> None:
        self._say()

    def watch_now(self) -> None:
        self._say()

    def _say(self) -> None:
        """What stands in place of the figures, or above them."""
        text = standing(self.view, self.feed_error, self.sync_state, self.now)
        for waiting in self.query("#waiting").results(Phrase):
            waiting.tell(text)
            waiting.display = bool(text)

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

    def action_next_problem(self) -> None:
        """To the next gauge that will miss its target, or may."""
        self.query_one(GaugeList).next_problem()

    def copied(self) -> str:
        gauge = self.query_one(GaugeList).gauge
        return gauge_text.copied(gauge) if gauge else ""

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
