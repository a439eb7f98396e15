"""The screens in the order of their number keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kpiterm.tui.screens.accounts import AccountsScreen
from kpiterm.tui.screens.alerts import AlertsScreen
from kpiterm.tui.screens.board import BoardScreen
from kpiterm.tui.screens.contract import ContractScreen
from kpiterm.tui.screens.inventory import InventoryScreen
from kpiterm.tui.screens.kpi import KpiScreen
from kpiterm.tui.screens.page import Page


@dataclass(frozen=True, slots=True)
class Mode:
    """A screen: its key, its name for the program and its title and purpose for people."""

    key: str
    name: str
    title: str
    help: str
    screen: type[Page]

    def opener(self, workspace: str) -> Callable[[], Page]:
        """What builds it when it is opened first."""
        return lambda: self.screen(workspace)


MODES = (
    Mode("1", "board", "Board", "KPIs and their targets", BoardScreen),
    Mode("2", "kpi", "KPI", "The chosen KPI: history, cause, bridges, definition, sources", KpiScreen),
    Mode("3", "inventory", "Inventory", "What to order, by when and why", InventoryScreen),
    Mode("4", "contract", "Contract", "Fee, deadlines, clauses, access, statements", ContractScreen),
    Mode("5", "accounts", "Accounts", "Streams, errors and remedies", AccountsScreen),
    Mode("6", "alerts", "Alerts", "What is alarming, and what is about to be", AlertsScreen),
)
