"""Everything known about one KPI, over the board."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from kpiterm.analysis.view import Gauge
from kpiterm.tui.widgets.gauge_panel import GaugePanel


class DetailScreen(ModalScreen[None]):
    """Closes with esc, enter or q."""

    CSS_PATH = "detail.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Close", key_display="esc"),
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
    ]

    def __init__(self, gauge: Gauge) -> None:
        super().__init__()
        self._gauge = gauge

    def compose(self) -> ComposeResult:
        panel = GaugePanel()
        panel.gauge = self._gauge
        with VerticalScroll() as box:
            box.border_subtitle = "esc closes"
            yield panel

    def action_scroll_down(self) -> None:
        self.query_one(VerticalScroll).scroll_down(animate=False)

    def action_scroll_up(self) -> None:
        self.query_one(VerticalScroll).scroll_up(animate=False)
