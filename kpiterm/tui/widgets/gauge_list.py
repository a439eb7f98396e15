"""The board's list of gauges: one item per gauge, redrawn only when its own gauge changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import ListView

from kpiterm.analysis.view import Gauge, headlines
from kpiterm.i18n import N_
from kpiterm.tui.gauge_text import WHOLE, in_order, key, parts
from kpiterm.tui.widgets.gauge_item import GaugeItem, HeadItem

WIDE = 130
"""Cells of the list from which the channels of a KPI stand beside it, and not under it."""
TALL = 16
"""Lines of the list from which its groups have headings."""
MOST = 4
"""Channels that have a column."""


class GaugeList(ListView):
    """Cards where all of them fit, else one line each; scrolls when even that is too long."""

    DEFAULT_CSS = """
    GaugeList {
        height: 1fr;
        scrollbar-size-vertical: 1;
        GaugeItem, HeadItem { text-wrap: nowrap; text-overflow: clip; padding-right: 1; }
        HeadItem { opacity: 100%; }
        &.-spaced GaugeItem.-whole { margin-top: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", N_("Details"), key_display="enter"),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("home,g", "jump(0)", show=False),
        Binding("end,G", "jump(-1)", show=False),
    ]

    _gauges: tuple[Gauge, ...] = ()

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
        self._gauges = tuple(gauges)
        entries, now = self._entries(), list(self.children)
        if [entry.name for entry in entries] != [_name(item) for item in now]:
            await self._replace(entries)
            return
        for item, entry in zip(now, entries, strict=True):
            if isinstance(item, GaugeItem) and entry.gauge:
                item.show(entry.gauge, entry.others)
        self._choose_form(now)

    def _entries(self) -> list[_Entry]:
        """What is listed, as this width and height want it."""
        ordered = in_order(headlines(self._gauges))
        under, known = parts(ordered), {key(gauge): gauge for gauge in self._gauges}
        columns = _channels(self._gauges) if self.size.width >= WIDE else ()
        weighted = {gauge.id for gauge in ordered if gauge.weight}
        entries: list[_Entry] = []
        group = ""
        for gauge in ordered:
            here = "contract" if gauge.id in weighted else gauge.group
            if here != group and self.size.height >= TALL:
                entries.append(_Entry(group=here, channels=columns))
            group, part = here, key(gauge) in under
            if not (part and columns):
                beside = tuple(known.get((gauge.id, name)) for name in columns) if gauge.channel == WHOLE else ()
                entries.append(_Entry(gauge=gauge, part=part, others=beside))
        return entries

    async def _replace(self, entries: Sequence[_Entry]) -> None:
        kept = self.gauge
        made = [entry.made() for entry in entries]
        self._choose_form(made)
        async with self.batch():
            await self.clear()
            await self.extend(made)
        places = {key(item.gauge): place for place, item in enumerate(made) if isinstance(item, GaugeItem)}
        first = min(places.values(), default=None)
        self.index = places.get(key(kept), places.get((kept.id, WHOLE), first)) if kept else first

    def retell(self) -> None:
        self._choose_form(list(self.children))

    async def on_resize(self, _: events.Resize) -> None:
        if self._gauges:
            await self.show(self._gauges)

    def _choose_form(self, children: Sequence[Widget]) -> None:
        """Cards for all, else for the contract's KPIs, else for none: as the height has room."""
        width, height = self.size
        items = [child for child in children if isinstance(child, GaugeItem)]
        wholes = [item for item in items if not item.part]
        sizes = {item: len(item.card(width - 1)) for item in wholes}
        all_fit = sum(sizes.values()) + len(children) - len(wholes)
        heavy = [item for item in wholes if item.gauge.weight]
        heavy_fit = sum(sizes[item] for item in heavy) <= height // 2
        for item in items:
            item.dense = all_fit > height and not (heavy_fit and item in heavy)
        self.set_class(all_fit + len(wholes) <= height, "-spaced")

    def next_problem(self) -> None:
        """To the next gauge in watch or breach, from the last one to the first."""
        children, here = list(self.children), self.index or 0
        wanted = [
            place
            for place, item in enumerate(children)
            if isinstance(item, GaugeItem) and item.gauge.target and item.gauge.state in ("watch", "breach")
        ]
        if wanted:
            self.index = next((place for place in wanted if place > here), wanted[0])

    def action_jump(self, index: int) -> None:
        """To the first (0) or the last (-1) gauge."""
        if items := self.items:
            self.index = list(self.children).index(items[index])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A line to be: a gauge, or the heading of a group."""

    gauge: Gauge | None = None
    part: bool = False
    others: tuple[Gauge | None, ...] = ()
    group: str = ""
    channels: tuple[str, ...] = ()

    @property
    def name(self) -> tuple[object, ...]:
        """What it is about; where that stays the same, an item is drawn anew and not replaced."""
        if self.gauge:
            return (*key(self.gauge), self.part, bool(self.others))
        return (self.group, self.channels)

    def made(self) -> GaugeItem | HeadItem:
        """Its item."""
        if self.gauge:
            return GaugeItem(self.gauge, part=self.part, others=self.others)
        return HeadItem(self.group, self.channels)


def _name(item: Widget) -> tuple[object, ...]:
    if isinstance(item, GaugeItem):
        return (*key(item.gauge), item.part, bool(item.others))
    return (item.group, item.channels) if isinstance(item, HeadItem) else ()


def _channels(gauges: Sequence[Gauge]) -> tuple[str, ...]:
    """The channels that most gauges have."""
    counts = Counter(gauge.channel for gauge in gauges if gauge.channel != WHOLE and gauge.value is not None)
    return tuple(sorted(name for name, _count in counts.most_common(MOST)))
