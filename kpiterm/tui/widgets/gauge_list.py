"""The board's list of gauges: one item per gauge, redrawn only when its own gauge changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import ListItem, ListView

from kpiterm.analysis.view import Gauge, headlines
from kpiterm.tui.draw import marked
from kpiterm.tui.gauge_lines import card, line
from kpiterm.tui.gauge_text import in_order, key, parts
from kpiterm.tui.widgets.painted import Painted


class GaugeItem(ListItem, Painted):
    """One gauge. `dense` draws one line, else a card; `part` marks one channel of a KPI."""

    dense = reactive(False, layout=True)

    def __init__(self, gauge: Gauge, *, part: bool) -> None:
        super().__init__()
        self.gauge = gauge
        self.part = part
        self.set_class(not part, "-whole")

    def show(self, gauge: Gauge) -> None:
        """Draw `gauge` from now on."""
        if gauge != self.gauge:
            self.gauge = gauge
            self.redraw()

    def lines(self, width: int) -> list[Content]:
        single = self.part or self.dense
        drawn = line(self.gauge, width, part=self.part) if single else card(self.gauge, width)
        return marked(drawn, self.highlighted)


class GaugeList(ListView):
    """Cards where all of them fit, else one line each; scrolls when even that is too long."""

    DEFAULT_CSS = """
    GaugeList {
        height: 1fr;
        scrollbar-size-vertical: 1;
        GaugeItem { text-wrap: nowrap; text-overflow: clip; padding-right: 1; }
        &.-spaced GaugeItem.-whole { margin-top: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Details", key_display="enter"),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("home,g", "jump(0)", show=False),
        Binding("end,G", "jump(-1)", show=False),
    ]

    @property
    def items(self) -> list[GaugeItem]:
        return [child for child in self.children if isinstance(child, GaugeItem)]

    @property
    def gauge(self) -> Gauge | None:
        """The gauge under the cursor."""
        item = self.highlighted_child
        return item.gauge if isinstance(item, GaugeItem) else None

    async def show(self, gauges: Sequence[Gauge]) -> None:
        """Draw `gauges`; the cursor stays on the KPI and channel that it was on."""
        ordered = in_order(headlines(tuple(gauges)))
        items = self.items
        if [key(gauge) for gauge in ordered] != [key(item.gauge) for item in items]:
            await self._rebuild(ordered)
        else:
            for item, gauge in zip(items, ordered, strict=True):
                item.show(gauge)
        self._choose_form(self.items)

    async def _rebuild(self, gauges: list[Gauge]) -> None:
        kept = key(self.gauge) if self.gauge else None
        channels = parts(gauges)
        items = [GaugeItem(gauge, part=key(gauge) in channels) for gauge in gauges]
        self._choose_form(items)
        await self.clear()
        await self.extend(items)
        keys = [key(gauge) for gauge in gauges]
        self.index = keys.index(kept) if kept in keys else 0 if keys else None

    def on_resize(self, _: events.Resize) -> None:
        self._choose_form(self.items)

    def _choose_form(self, items: list[GaugeItem]) -> None:
        width, height = self.size
        wholes = [item for item in items if not item.part]
        cards = sum(len(card(item.gauge, width - 1)) for item in wholes) + len(items) - len(wholes)
        for item in items:
            item.dense = cards > height
        self.set_class(cards + len(wholes) <= height, "-spaced")

    def action_jump(self, index: int) -> None:
        """To the first (0) or the last (-1) gauge."""
        if len(self):
            self.index = index % len(self)
