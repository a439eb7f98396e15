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
from kpiterm.i18n import N_, said, word
from kpiterm.tui import stock_text
from kpiterm.tui.headless import Table
from kpiterm.tui.messages import PageKey
from kpiterm.tui.screens.ask import AskScreen, Field
from kpiterm.tui.screens.list_page import ListPage
from kpiterm.tui.screens.orders import OrdersScreen
from kpiterm.tui.screens.sku import SkuScreen
from kpiterm.tui.stock_table import StockTable
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.row_list import Row, RowList
from kpiterm.tui.widgets.text_panel import TextPanel

HEADER = (
    "account", "channel", "sku", "title", "order_by", "late", "quantity", "mode", "on_hand", "inbound", "daily_demand",
    "stockout_date", "lost_units", "cash", "currency", "decision",
)  # fmt: skip


class InventoryScreen(ListPage):
    """Suggestions that need an order; `t` shows all SKUs, `o` sorts by another column."""

    CSS_PATH = "inventory.tcss"
    READING = N_("forecasting demand and lead times; with many SKUs this takes a minute…")
    OWN: ClassVar[list[Binding]] = [
        Binding("a", "accept", N_("Accept"), tooltip=N_("order as suggested")),
        Binding("z", "snooze", N_("Later"), tooltip=N_("put the decision off until a day")),
        Binding("c", "adjust", N_("Adjust"), tooltip=N_("order another quantity")),
        Binding("o", "sort", N_("Sort"), tooltip=N_("by the next column")),
        Binding("p", "orders", N_("Orders"), tooltip=N_("purchase orders; a new one for the chosen SKU")),
        Binding("t", "all", N_("All/due"), tooltip=N_("all SKUs, or those that need an order")),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*OWN]

    def __init__(self, workspace: str) -> None:
        super().__init__(workspace)
        self._sort = "urgency"
        self._all = False
        self._of: InventoryPage | None = None
        self._table = StockTable(())

    def page_key(self) -> PageKey | None:
        return ("inventory",)

    def above(self) -> Iterable[Widget]:
        yield TextPanel(id="told")
        yield TextPanel(id="head")

    def rows(self, content: object) -> Sequence[Row]:
        return self.found(content, ())

    def found(self, content: object, words: Sequence[str]) -> Sequence[Row]:
        if not isinstance(content, InventoryPage):
            return ()
        if content is not self._of:
            self._of, self._table = content, StockTable(content.plan.lines)
        return self._table.rows(self._sort, words, everything=self._all)

    def retell(self) -> None:
        self._of = None
        super().retell()

    def show(self, content: object) -> None:
        super().show(content)
        if isinstance(content, InventoryPage):
            told = said(
                "{0} of {1} SKUs to order, {2} late; shown: {3}, by {4}",
                f"{len(self._table.due):,}", f"{len(self._table.lines):,}", f"{self._table.late:,}",
                said("all SKUs") if self._all else said("those to order"), word(self._sort),
            )  # fmt: skip
            self.query_one("#told", TextPanel).show(lambda width: [stock_text.told(_(told), width)])
            self.query_one("#head", TextPanel).show(lambda width: [stock_text.head(width)])

    @property
    def line(self) -> Line | None:
        """The suggestion under the cursor."""
        shown = self.query_one(RowList)
        return self._table.line(shown.rows, shown.cursor)

    @on(RowList.Opened)
    def _open(self) -> None:
        if self.line and self._of:
            line, plan = self.line, self._of.plan
            key = ("stock", line.account, line.channel, line.sku)
            screen = SkuScreen(lambda stock: partial(stock_text.full, line, plan, stock), key)
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

    def action_orders(self) -> None:
        """The purchase orders; a new one would be for the suggestion under the cursor."""
        self.app.push_screen(OrdersScreen(self.workspace, self.line))

    def action_accept(self) -> None:
        if (line := self.line) is not None:
            self._answer(line, "accept")

    def action_snooze(self) -> None:
        """Ask until when, and why."""
        until = Field(N_("until"), N_("a day to come, such as 2026-12-01"))
        fields = until, Field(N_("reason"), N_("why it can wait"))
        self._ask(N_("decide later"), fields, "snooze")

    def action_adjust(self) -> None:
        """Ask how many, and why."""
        fields = (Field(N_("quantity"), N_("units, 0 for none")), Field(N_("reason"), N_("why not as suggested")))
        self._ask(N_("order another quantity"), fields, "adjust")

    def _ask(self, title: str, fields: Sequence[Field], action: str) -> None:
        if (line := self.line) is None:
            return

        def enter(values: tuple[str, ...] | None) -> None:
            if values:
                options = [
                    part for field, value in zip(fields, values, strict=True) for part in (f"--{field.name}={value}",)
                ]
                self._answer(line, action, *options)

        self.app.push_screen(AskScreen(said("{0} on {1}: {2}", line.sku, line.channel, word(title)), fields), enter)

    def _answer(self, line: Line, action: str, *options: str) -> None:
        """By the command that a person could type; `--` keeps a SKU from being taken for an option."""
        place = (f"--channel={line.channel}", f"--account={line.account}")
        self.post_message(self.Act("reorder", action, *place, *options, "--", line.sku))

    def table(self) -> Table | None:
        if not isinstance(self.state.content, InventoryPage):
            return None
        shown = self.query_one(RowList).rows
        lines = [self._table.line(shown, place) for place in range(len(shown))]
        return Table("inventory", HEADER, [_cells(line) for line in lines if line])


def _cells(line: Line) -> tuple[str, ...]:
    found = (
        line.account, line.channel, line.sku, line.title, line.order_by, "yes" if line.late else "", line.quantity,
        line.mode, line.available, line.inbound, f"{line.daily:.2f}", line.gone, f"{line.lost:.1f}",
        None if line.cash is None else round(line.cash, 2), line.currency, line.decision,
    )  # fmt: skip
    return tuple("" if value is None else str(value) for value in found)
