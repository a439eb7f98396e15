"""The accounts with their streams; a sync is followed live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import ListItem, ListView

from kpiterm.analysis.pages.quotas import Quota
from kpiterm.analysis.view import AccountStatusView, View
from kpiterm.i18n import N_
from kpiterm.tui.account_text import full
from kpiterm.tui.draw import marked
from kpiterm.tui.sync_state import SyncState
from kpiterm.tui.widgets.painted import Painted

Shown = tuple[AccountStatusView, datetime, SyncState, tuple[Quota, ...]]


class AccountItem(ListItem, Painted):
    """One account."""

    def __init__(self, shown: Shown) -> None:
        super().__init__()
        self._shown = shown

    @property
    def account(self) -> AccountStatusView:
        return self._shown[0]

    def show(self, shown: Shown) -> None:
        """Draw `shown` from now on."""
        self._shown = shown
        self.redraw()

    def lines(self, width: int) -> list[Content]:
        account, now, state, quotas = self._shown
        return marked(full(account, now, max(width - 1, 1), state, quotas), self.highlighted)


class AccountList(ListView):
    """One item per account."""

    DEFAULT_CSS = """
    AccountList {
        height: 1fr;
        scrollbar-size-vertical: 1;
        AccountItem { text-wrap: nowrap; margin-bottom: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", N_("Sync account"), key_display="enter"),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    view: reactive[View | None] = reactive(None, repaint=False)
    now: reactive[datetime] = reactive(lambda: datetime.now(UTC), repaint=False)
    sync_state: reactive[SyncState] = reactive(SyncState, repaint=False)
    quotas: reactive[Mapping[str, tuple[Quota, ...]]] = reactive(dict, repaint=False)

    async def watch_quotas(self) -> None:
        await self._draw()

    async def watch_view(self) -> None:
        await self._draw()

    async def watch_now(self) -> None:
        await self._draw()

    async def watch_sync_state(self) -> None:
        await self._draw()

    async def _draw(self) -> None:
        if self.view is None:
            return
        shown: list[Shown] = [
            (account, self.now, self.sync_state, self.quotas.get(account.name, ())) for account in self.view.accounts
        ]
        items = list(self.query(AccountItem))
        if [parts[0].name for parts in shown] == [item.account.name for item in items]:
            for item, parts in zip(items, shown, strict=True):
                item.show(parts)
            return
        async with self.batch():
            await self.clear()
            await self.extend([AccountItem(parts) for parts in shown])
        self.index = 0 if shown else None
