"""The accounts: what each stream last did, what went wrong and what to do, and syncing them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import ListView

from kpiterm.analysis.pages.quotas import QuotasPage
from kpiterm.i18n import N_
from kpiterm.tui.headless import Table
from kpiterm.tui.messages import PageKey, PageState
from kpiterm.tui.screens.page import Page
from kpiterm.tui.standing import BROKEN, READING
from kpiterm.tui.widgets.account_list import AccountItem, AccountList
from kpiterm.tui.widgets.phrase import Phrase

EMPTY = N_("No account yet. ctrl+p, Set up leads through it; or in a shell: kpiterm account add amazon us-main")


class AccountsScreen(Page):
    """Enter syncs the chosen account."""

    CSS_PATH: ClassVar[str] = "accounts.tcss"

    pages: reactive[dict[PageKey, PageState]] = reactive(dict, repaint=False)

    class SyncAsked(Message):
        """A person wants this account synced."""

        def __init__(self, account: str) -> None:
            super().__init__()
            self.account = account

    def body(self) -> Iterable[Widget]:
        yield Phrase(READING, id="waiting")
        yield AccountList().data_bind(Page.view, Page.now, Page.sync_state)

    def page_key(self) -> PageKey | None:
        return ("quotas",)

    def on_mount(self) -> None:
        self._follow("pages")

    def watch_pages(self) -> None:
        """Only what is left of the quotas is read beside the board."""
        content = self.pages.get(("quotas",), PageState()).content
        for listed in self.query(AccountList):
            listed.quotas = content.by_account if isinstance(content, QuotasPage) else {}

    def watch_view(self) -> None:
        self._say()

    def watch_feed_error(self) -> None:
        self._say()

    def _say(self) -> None:
        text = EMPTY if self.view else BROKEN if self.feed_error else READING
        for waiting in self.query("#waiting").results(Phrase):
            waiting.tell(text)
            waiting.display = self.view is None or not self.view.accounts

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
