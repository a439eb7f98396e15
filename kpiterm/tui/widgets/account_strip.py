"""The accounts under the board: one line each, those in trouble first."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content
from textual.reactive import reactive

from kpiterm.analysis.view import AccountStatusView
from kpiterm.i18n import said
from kpiterm.tui.account_text import summary
from kpiterm.tui.sync_state import SyncState
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.painted import Painted

GRAVITY = ("failed", "partial", "never", "ok")


class AccountStrip(Painted):
    """As many accounts as `most` lines hold; the last line says how many more there are."""

    DEFAULT_CSS = """
    AccountStrip { height: auto; padding: 0 1; text-wrap: nowrap; border-top: solid $text-disabled; }
    """

    accounts: reactive[tuple[AccountStatusView, ...]] = reactive((), repaint=False)
    now: reactive[datetime | None] = reactive(None, repaint=False)
    sync_state: reactive[SyncState] = reactive(SyncState, repaint=False)
    most = reactive(3, repaint=False)

    def watch_accounts(self) -> None:
        self.redraw()

    def watch_now(self) -> None:
        self.redraw()

    def watch_sync_state(self) -> None:
        self.redraw()

    def watch_most(self) -> None:
        self.redraw()

    def lines(self, width: int) -> list[Content]:
        if self.now is None:
            return []
        worst = sorted(self.accounts, key=lambda account: GRAVITY.index(account.status))
        shown = worst if len(worst) <= self.most else worst[: self.most - 1]
        found = [summary(account, self.now, width, self.sync_state) for account in shown]
        if len(shown) < len(worst):
            found.append(Content.styled(_(said("and {0} more: press 5", len(worst) - len(shown))), "$text-muted"))
        return found
