"""The screens in the order of their number keys, and the list of clients. What draws a screen is imported when it is
opened first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from threading import Event, Thread
from typing import TYPE_CHECKING, cast

from kpiterm.i18n import N_
from kpiterm.tui.screens.page import Page

if TYPE_CHECKING:
    from kpiterm.tui.base import BaseApp

PAUSE = 0.25
"""Seconds between two screens that are built ahead: the board's data and whoever types come first."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A screen: its key, its name for the program and its title and purpose for people; its class by name."""

    key: str
    name: str
    title: str
    help: str
    screen: str

    def opener(self, workspace: str) -> Callable[[], Page]:
        """What builds it when it is opened first."""
        return lambda: self.load()(workspace)

    def load(self) -> type[Page]:
        """Its class."""
        return cast("type[Page]", getattr(import_module(f"kpiterm.tui.screens.{self.name}"), self.screen))


CLIENTS = "clients"
"""The one screen that belongs to no workspace, and its page."""
MODES = (
    Mode("1", "board", N_("Board"), N_("KPIs and their targets"), "BoardScreen"),
    Mode("2", "kpi", N_("KPI"), N_("The chosen KPI: history, cause, bridges, definition, sources"), "KpiScreen"),
    Mode("3", "inventory", N_("Inventory"), N_("What to order, by when and why"), "InventoryScreen"),
    Mode("4", "contract", N_("Contract"), N_("Fee, deadlines, clauses, access, statements"), "ContractScreen"),
    Mode("5", "accounts", N_("Accounts"), N_("Streams, errors and remedies"), "AccountsScreen"),
    Mode("6", "alerts", N_("Alerts"), N_("What is alarming, and what is about to be"), "AlertsScreen"),
    Mode("w", CLIENTS, N_("Clients"), N_("All workspaces, the gravest first; enter opens one"), "ClientsScreen"),
)


def beside(name: str, step: int) -> str:
    """The screen so many steps further among those of a workspace; from the list of clients to the first of them."""
    names = [mode.name for mode in MODES if mode.name != CLIENTS]
    here = names.index(name) if name in names else -1
    return names[(here + step) % len(names)]


def build_in_background(app: BaseApp) -> None:
    """Import every screen beside the loop and build it between two keys, so that opening one is as quick as coming back
    to it."""
    if app.is_headless:
        return

    def build() -> None:
        for mode in MODES:
            mode.load()
        with suppress(RuntimeError):  # the program has ended
            for mode in MODES:
                Event().wait(PAUSE)
                app.call_later(app.build, mode.name)

    Thread(target=build, name="kpiterm-screens", daemon=True).start()
