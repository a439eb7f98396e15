"""The contract: what the provider will be paid, what falls due when, and which clauses do not hold."""

from __future__ import annotations

from collections.abc import Sequence

from kpiterm.analysis.pages.contract import ContractPage
from kpiterm.i18n import N_
from kpiterm.tui import contract_text
from kpiterm.tui.headless import Table
from kpiterm.tui.messages import PageKey
from kpiterm.tui.screens.list_page import ListPage
from kpiterm.tui.widgets.row_list import Row


class ContractScreen(ListPage):
    """The month's fee on top, line by line."""

    READING = N_("settling the month so far…")

    def page_key(self) -> PageKey | None:
        return ("contract",)

    def rows(self, content: object) -> Sequence[Row]:
        return contract_text.rows(content) if isinstance(content, ContractPage) else ()

    def table(self) -> Table | None:
        content = self.state.content
        if not isinstance(content, ContractPage):
            return None
        rows = [
            (f"{due.day}", due.kind, due.title, due.by or "", "yes" if due.done else "", due.detail)
            for due in content.dues
        ]
        return Table(f"contract-{content.id}", ("day", "kind", "title", "by", "done", "detail"), rows)
