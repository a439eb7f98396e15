"""The screens in the order of their number keys. What draws a screen is imported when it is opened first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from threading import Thread
from typing import cast

from kpiterm.tui.screens.page import Page


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


MODES = (
    Mode("1", "board", "Board", "KPIs and their targets", "BoardScreen"),
    Mode("2", "kpi", "KPI", "The chosen KPI: history, cause, bridges, definition, sources", "KpiScreen"),
    Mode("3", "inventory", "Inventory", "What to order, by when and why", "InventoryScreen"),
    Mode("4", "contract", "Contract", "Fee, deadlines, clauses, access, statements", "ContractScreen"),
    Mode("5", "accounts", "Accounts", "Streams, errors and remedies", "AccountsScreen"),
    Mode("6", "alerts", "Alerts", "What is alarming, and what is about to be", "AlertsScreen"),
)


def load_in_background() -> None:
    """Import every screen beside the loop, so that opening one is as quick as coming back to it."""
    Thread(target=lambda: [mode.load() for mode in MODES], name="kpiterm-screens", daemon=True).start()
