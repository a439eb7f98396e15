"""Purchase orders: where each one is, when it arrives, and what a person enters about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from kpiterm.analysis.inventory.order.line import Line
from kpiterm.analysis.inventory.supply.model import PurchaseOrder
from kpiterm.analysis.pages.orders import OrdersPage
from kpiterm.i18n import N_, said
from kpiterm.tui import orders_text
from kpiterm.tui.headless import Table
from kpiterm.tui.messages import PageKey
from kpiterm.tui.screens.ask import AskScreen, Field
from kpiterm.tui.screens.list_page import ListPage
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.row_list import Row, RowList
from kpiterm.tui.widgets.text_panel import TextPanel

HEADER = (
    "order", "supplier", "account", "channel", "mode", "sku", "units", "received", "unit_cost", "currency", "stage",
    "since", "promised", "likely", "at_latest",
)  # fmt: skip

Values = tuple[str, ...]


class OrdersScreen(ListPage):
    """Over the inventory; `line` is the suggestion that a new order would be for."""

    TOPIC = "orders"
    READING = N_("following the orders on their way…")
    DEFAULT_CSS = """
    OrdersScreen #head { height: 1; padding: 0 1; }
    """
    OWN: ClassVar[list[Binding]] = [
        Binding("n", "new", N_("New"), tooltip=N_("enter an order, filled in for the chosen suggestion")),
        Binding("a", "advance", N_("Next step"), tooltip=N_("it has reached its next milestone")),
        Binding("v", "receive", N_("Receive"), tooltip=N_("units have arrived, all or some")),
        Binding("x", "cancel", N_("Cancel"), tooltip=N_("nothing more will come of it")),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*OWN]

    def __init__(self, workspace: str, line: Line | None = None) -> None:
        super().__init__(workspace)
        self._line = line

    def page_key(self) -> PageKey | None:
        return ("orders",)

    def above(self) -> Iterable[Widget]:
        yield TextPanel(id="head")

    def rows(self, content: object) -> Sequence[Row]:
        return orders_text.rows(content) if isinstance(content, OrdersPage) else ()

    def show(self, content: object) -> None:
        super().show(content)
        self.query_one("#head", TextPanel).show(lambda width: [orders_text.head(width)])

    def action_back(self) -> None:
        """First the filter goes, then the screen."""
        if self.filtering:
            super().action_back()
        else:
            self.dismiss()

    @property
    def order(self) -> PurchaseOrder | None:
        """The order under the cursor."""
        row, content = self.query_one(RowList).row, self.state.content
        if row is None or not isinstance(content, OrdersPage):
            return None
        return next((one.order for one in content.rows if one.order.id == row.key), None)

    def action_new(self) -> None:
        """Ask for an order of the chosen suggestion, or of any SKU."""
        line = self._line
        mode = line.mode if line and line.quantity and line.mode != "split" else ""  # which is two orders
        fields = (
            Field("id", _("the order's number, such as PO-17")),
            Field("supplier", _("its id, as in supply.toml")),
            Field("line", _("SKU=UNITS or SKU=UNITS@COST"), f"{line.sku}={line.quantity}" if line else ""),
            Field("mode", _("ship mode, such as sea"), mode),
        )
        place = (f"--account={line.account}", f"--channel={line.channel}") if line else ()

        def enter(values: Values | None) -> None:
            if values:
                name, supplier, ordered, mode = values
                said_so = (f"--supplier={supplier}", f"--line={ordered}", f"--mode={mode}")
                self.post_message(self.Act("po", "add", *said_so, *place, "--", name))

        self.app.push_screen(AskScreen(_("a new purchase order"), fields), enter)

    def action_advance(self) -> None:
        """Ask for the day of the next milestone."""
        order = self.order
        if order is None or not order.is_open:
            return
        step = orders_text.next_step(order)
        if step is None:
            self.action_receive()
            return
        title = f"{order.id}: {_(orders_text.STAGES[step])}"
        self._ask(title, [self._day()], lambda values: ("advance", f"--day={values[0]}", "--", order.id, step))

    def action_receive(self) -> None:
        """Ask what has arrived, and when."""
        order = self.order
        if order is None or not order.is_open:
            return
        units = Field("units", _("all, or SKU=UNITS of one of its lines"), "all")

        def command(values: Values) -> Values:
            came = "--all" if values[0] == "all" else f"--line={values[0]}"
            return "receive", came, f"--day={values[1]}", "--", order.id

        self._ask(_(said("{0}: what has arrived", order.id)), [units, self._day()], command)

    def action_cancel(self) -> None:
        """Ask why."""
        order = self.order
        if order is not None and order.is_open:
            title = _(said("{0}: nothing more will come of it", order.id))
            note = Field("note", _("why"))
            self._ask(title, [note], lambda values: ("cancel", f"--note={values[0]}", "--", order.id))

    def _day(self) -> Field:
        content = self.state.content
        today = content.today if isinstance(content, OrdersPage) else ""
        return Field("day", _("a day, such as 2026-12-01"), str(today))

    def _ask(self, title: str, fields: Sequence[Field], command: Callable[[Values], Values]) -> None:
        def enter(values: Values | None) -> None:
            if values:
                self.post_message(self.Act("po", *command(values)))

        self.app.push_screen(AskScreen(title, fields), enter)

    def table(self) -> Table | None:
        content = self.state.content
        if not isinstance(content, OrdersPage):
            return None
        return Table("orders", HEADER, [cells for row in content.rows for cells in orders_text.cells(row)])
