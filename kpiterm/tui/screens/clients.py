"""The clients of an agency: every workspace of this home on one line, and opening another one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from kpiterm.analysis.pages.clients import SORTS, ClientsPage
from kpiterm.i18n import N_
from kpiterm.tui import client_text
from kpiterm.tui.headless import Table
from kpiterm.tui.messages import PageKey
from kpiterm.tui.modes import CLIENTS
from kpiterm.tui.screens.list_page import ListPage
from kpiterm.tui.widgets.row_list import Row, RowList
from kpiterm.tui.widgets.text_panel import TextPanel


class ClientsScreen(ListPage):
    """As each one's last sync left it, the gravest first; `o` sorts in another way, enter opens one."""

    READING = N_("looking at every client…")
    DEFAULT_CSS = """
    ClientsScreen #told, ClientsScreen #head { height: 1; padding: 0 1; }
    ClientsScreen RowList { overflow-y: scroll; }
    """
    OWN: ClassVar[list[Binding]] = [Binding("o", "sort", N_("Sort"), tooltip=N_("by the next column"))]
    BINDINGS: ClassVar[list[BindingType]] = [*OWN]

    def __init__(self, workspace: str) -> None:
        super().__init__(workspace)
        self._sort = "gravity"

    def page_key(self) -> PageKey | None:
        return (CLIENTS,)

    def above(self) -> Iterable[Widget]:
        yield TextPanel(id="told")
        yield TextPanel(id="head")

    def rows(self, content: object) -> Sequence[Row]:
        return client_text.rows(content, self._sort, self.now) if isinstance(content, ClientsPage) else ()

    def show(self, content: object) -> None:
        super().show(content)
        if isinstance(content, ClientsPage):
            page, by = content, self._sort
            self.query_one("#told", TextPanel).show(lambda width: [client_text.told(page, by, width)])
            self.query_one("#head", TextPanel).show(lambda width: [client_text.head(width)])

    def watch_now(self) -> None:
        """Ages are part of the rows."""
        if self.is_mounted and self.state.content is not None:
            self.redraw()

    def action_sort(self) -> None:
        names = list(SORTS)
        self._sort = names[(names.index(self._sort) + 1) % len(names)]
        if self.state.content is not None:
            self.redraw()

    @on(RowList.Opened)
    def _open(self) -> None:
        row = self.query_one(RowList).row
        if row and row.key == self.workspace:
            self.app.switch_mode("board")
        elif row:
            self.post_message(self.Opened(row.key))

    def table(self) -> Table | None:
        content = self.state.content
        if not isinstance(content, ClientsPage):
            return None
        known = {client.name: client for client in content.clients}
        shown = [known[row.key] for row in self.query_one(RowList).rows if row.key in known]
        return Table("clients", client_text.HEADER, [client_text.cells(client) for client in shown])
