"""What to order: the table of suggestions, and what a person decides on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from kpiterm.analysis.inventory.order.line import Line
from kpiterm.analysis.pages.inventory import InventoryPage
from kpiterm.tui import stock_text
from kpiterm.tui.headless import Table
from kpiterm.tui.messages import PageKey
from kpiterm.tui.screens.ask import AskScreen, Field
from kpiterm.tui.screens.list_page import ListPage
from kpiterm.tui.screens.sku import SkuScreen
from kpiterm.tui.widgets.row_list import Row, RowList
from kpiterm.tui.widgets.text_panel import TextPanel

HEADER = (
    "account", "channel", "sku", "title", "order_by", "late", "quantity", "mode", "on_hand", "inbound", "daily_demand",
    "stockout_date", "lost_units", "cash", "currency", "decision",
)  # fmt: skip


class InventoryScreen(ListPage):
    """Suggestions that need an order; `t` shows all SKUs, `o` sorts by another column."""

    CSS_PATH = "inventory.tcss"
    READING = "forecasting demand and lead times; with many SKUs this takes a minute…"
    OWN: ClassVar[list[Binding]] = [
        Binding("a", "accept", "Accept", tooltip="order as suggested"),
        Binding("z", "snooze", "Later", tooltip="put the decision off until a day"),
        Binding("c", "adjust", "Change", tooltip="order another quantity"),
        Binding("o", "sort", "Sort", tooltip="by the next column"),
        Binding("t", "all", "All/due", tooltip="all SKUs, or those that need an order"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*OWN]

    def __init__(self, workspace: str) -> None:
        super().__init__(workspace)
        self._sort = "urgency"
        self._all = False
        self._rows: dict[str, tuple[Line, Row]] = {}
        self._of: InventoryPage | None = None

    def page_key(self) -> PageKey | None:
        return ("inventory",)

    def above(self) -> Iterable[Widget]:
        yield TextPanel(id="told")
        yield TextPanel(id="head")

    def rows(self, content: object) -> Sequence[Row]:
        if not isinstance(content, InventoryPage):
            return ()
        if content is not self._of:
            self._of = content
            self._rows = {stock_text.key(line): (line, stock_text.row(line)) for line in content.plan.lines}
        shown = [pair for pair in self._rows.values() if self._all or stock_text.is_due(pair[0])]
        by = stock_text.SORTS[self._sort]
        return [row for _, row in sorted(shown, key=lambda pair: by(pair[0]))]

    def show(self, content: object) -> None:
        super().show(content)
        if isinstance(content, InventoryPage):
            due = sum(map(stock_text.is_due, content.plan.lines))
            late = sum(line.late and stock_text.is_due(line) for line in content.plan.lines)
            which = "all SKUs" if self._all else "those to order"
            told = (
                f"{due:,} of {len(content.plan.lines):,} SKUs to order, {late:,} late; shown: {which}, by {self._sort}"
            )
            self.query_one("#told", TextPanel).show(lambda width: [stock_text.told(told, width)])
            self.query_one("#head", TextPanel).show(lambda width: [stock_text.head(max(width - 2, 1))])

    @property
    def line(self) -> Line | None:
        """The suggestion under the cursor."""
        row = self.query_one(RowList).row
        pair = self._rows.get(row.key) if row else None
        return pair[0] if pair else None

    @on(RowList.Opened)
    def _open(self) -> None:
        if self.line and self._of:
            line, plan, language = self.line, self._of.plan, self._of.language
            key = ("stock", line.account, line.channel, line.sku)
            screen = SkuScreen(lambda stock: partial(stock_text.full, line, plan, language, stock), key)
            self.app.push_screen(screen, self._decide)

    def _decide(self, action: str | None) -> None:
        if action:
            getattr(self, f"action_{action}")()

    def action_sort(self) -> None:
        names = list(stock_text.SORTS)
        self._sort = names[(names.index(self._sort) + 1) % len(names)]
        self.redraw()

    def action_all(self) -> None:
        self._all = not self._all
        self.redraw()

    def action_accept(self) -> None:
        if (line := self.line) is not None:
            self._answer(line, "accept")

    def action_snooze(self) -> None:
        """Ask until when, and why."""
        fields = (Field("until", "a day to come, such as 2026-12-01"), Field("reason", "why it can wait"))
        self._ask("decide later", fields, "snooze")

    def action_adjust(self) -> None:
        """Ask how many, and why."""
        fields = (Field("quantity", "units, 0 for none"), Field("reason", "why not as suggested"))
        self._ask("order another quantity", fields, "adjust")

    def _ask(self, title: str, fields: Sequence[Field], action: str) -> None:
        if (line := self.line) is None:
            return

        def enter(values: tuple[str, ...] | None) -> None:
            if values:
                options = [
                    part for field, value in zip(fields, values, strict=True) for part in (f"--{field.name}={value}",)
                ]
                self._answer(line, action, *options)

        self.app.push_screen(AskScreen(f"{line.sku} on {line.channel}: {title}", fields), enter)

    def _answer(self, line: Line, action: str, *options: str) -> None:
        """By the command that a person could type; `--` keeps a SKU from being taken for an option."""
        place = (f"--channel={line.channel}", f"--account={line.account}")
        self.post_message(self.Act("reorder", action, *place, *options, "--", line.sku))

    def table(self) -> Table | None:
        if not isinstance(self.state.content, InventoryPage):
            return None
        shown = [self._rows[row.key][0] for row in self.query_one(RowList).rows if row.key in self._rows]
        return Table("inventory", HEADER, [_cells(line) for line in shown])


def _cells(line: Line) -> tuple[str, ...]:
    found = (
        line.account, line.channel, line.sku, line.title, line.order_by, "yes" if line.late else "", line.quantity,
        line.mode, line.available, line.inbound, f"{line.daily:.2f}", line.gone, f"{line.lost:.1f}",
        None if line.cash is None else round(line.cash, 2), line.currency, line.decision,
    )  # fmt: skip
    return tuple("" if value is None else str(value) for value in found)
