"""The facts of one gauge, in a modal or beside the board."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive

from kpiterm.analysis.view import Gauge
from kpiterm.tui.gauge_detail import detail
from kpiterm.tui.widgets.painted import Painted


class GaugePanel(Painted):
    """Draws `gauge`, nothing while it is None."""

    DEFAULT_CSS = "GaugePanel { height: auto; }"

    gauge: reactive[Gauge | None] = reactive(None, repaint=False)

    def watch_gauge(self) -> None:
        self.redraw()

    def lines(self, width: int) -> list[Content]:
        return detail(self.gauge, width) if self.gauge else []
