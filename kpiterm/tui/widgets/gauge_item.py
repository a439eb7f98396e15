"""The lines of the board's list: a gauge, and the heading of a group of them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import ListItem

from kpiterm.analysis.view import Gauge
from kpiterm.i18n import N_
from kpiterm.tui.draw import marked
from kpiterm.tui.gauge_lines import SIDE, card, line, side_heads, sides
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.painted import Painted

GROUPS = {
    "contract": N_("contract"),
    "sales": N_("sales"),
    "profit": N_("profit"),
    "ads": N_("advertising"),
    "traffic": N_("traffic"),
    "customers": N_("customers"),
    "health": N_("account health"),
    "stock": N_("stock"),
    "market": N_("market"),
    "other": N_("other KPIs"),
}


class GaugeItem(ListItem, Painted):
    """One gauge. `dense` draws one line, else a card; `part` marks one channel of a KPI; `others` are its channels,
    drawn as columns beside it."""

    dense = reactive(False, layout=True)

    def __init__(self, gauge: Gauge, *, part: bool, others: Sequence[Gauge | None] = ()) -> None:
        super().__init__()
        self.gauge = gauge
        self.part = part
        self.others = tuple(others)
        self.set_class(not part, "-whole")

    def show(self, gauge: Gauge, others: Sequence[Gauge | None]) -> None:
        """Draw `gauge` from now on."""
        if gauge != self.gauge or tuple(others) != self.others:
            self.gauge, self.others = gauge, tuple(others)
            self.redraw()

    def card(self, width: int) -> list[Content]:
        """As a card, whatever is drawn now."""
        return card(self.gauge, width - SIDE * len(self.others))

    def lines(self, width: int) -> list[Content]:
        room = width - 1 - SIDE * len(self.others)
        single = self.part or self.dense
        drawn = line(self.gauge, room, part=self.part) if single else card(self.gauge, room)
        if self.others:
            first = drawn[0].truncate(room)
            drawn[0] = first.pad_right(room - first.cell_length) + sides(self.others)
        return marked(drawn, self.highlighted)


class HeadItem(ListItem, Painted):
    """The name of a group, and of the channels whose columns stand under it; it cannot be chosen."""

    def __init__(self, group: str, channels: Sequence[str] = ()) -> None:
        super().__init__(disabled=True)
        self.group = group
        self.channels = tuple(channels)

    def lines(self, width: int) -> list[Content]:
        name = _(GROUPS.get(self.group, self.group))
        head = Content.assemble((" ── ", "$text-muted"), (name, "bold $primary"), " ")
        over = side_heads(self.channels)
        rule = "─" * max(width - head.cell_length - over.cell_length, 0)
        return [Content.assemble(head, (rule, "$text-muted"), over).truncate(width)]
