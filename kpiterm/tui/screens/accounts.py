"""The accounts: what each stream last did, what went wrong and what to do, and syncing them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.message import Message
from textual.widget import Widget
from textual.widgets import ListView, Static

from kpiterm.analysis.view import View
from kpiterm.tui.headless import Table
from kpiterm.tui.screens.page import Page
from kpiterm.tui.widgets.account_list import AccountItem, AccountList

READING = "reading the store…"
EMPTY = "No account yet. In a shell: kpiterm account add amazon us-main"


class AccountsScreen(Page):
    """Enter syncs the chosen account."""

    CSS_PATH: ClassVar[str] = "accounts.tcss"

    class SyncAsked(Message):
        """A person wants this account synced."""

        def __init__(self, account: str) -> None:
            super().__init__()
            self.account = account

    def body(self) -> Iterable[Widget]:
        yield Static(READING, id="waiting")
        yield AccountList().data_bind(Page.view, Page.now, Page.sync_state)

    def watch_view(self, view: View | None) -> None:
        if view is not None:
            waiting = self.query_one("#waiting", Static)
            waiting.update(EMPTY)
            waiting.display = not view.accounts

    @on(ListView.Selected)
    def _ask_sync(self, event: ListView.Selected) -> None:
        if isinstance(event.item, AccountItem):
            self.post_message(self.SyncAsked(event.item.account.name))

    def copied(self) -> str:
        item = self.query_one(AccountList).highlighted_child
        return " ".join(item.lines(400)[0].plain.strip("▌ ").split()) if isinstance(item, AccountItem) else ""

    def table(self) -> Table | None:
        if self.view is None:
            return None
        rows = [
            (
                a.name,
                a.connector,
                s.name,
                s.status,
                f"{s.rows}",
                f"{s.watermark or ''}",
                f"{s.last_run or ''}",
                s.error or "",
            )
            for a in self.view.accounts
            for s in a.streams
        ]
        return Table("accounts", ("account", "connector", "stream", "status", "rows", "to", "last_run", "error"), rows)
