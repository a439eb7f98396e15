"""What to order, as a screen shows it: the plan with the language of its sentences, and the stock of one SKU."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kpiterm.analysis.inventory.order.plan import Plan
from kpiterm.analysis.inventory.order.words import Language


@dataclass(frozen=True, slots=True)
class InventoryPage:
    """A plan of all SKUs with stock or sales."""

    plan: Plan
    language: Language


@dataclass(frozen=True, slots=True)
class Left:
    """Units left on a day: the median, and what nine and one in ten simulated paths have at least."""

    day: date
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class StockPage:
    """Today first, then the ends of the weeks; what is inbound arrives in it, what is suggested does not."""

    left: tuple[Left, ...]
