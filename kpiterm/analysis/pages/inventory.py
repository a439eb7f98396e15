"""What to order, as a screen shows it: the plan, and the stock of one SKU."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kpiterm.analysis.inventory.order.plan import Plan


@dataclass(frozen=True, slots=True)
class InventoryPage:
    """A plan of all SKUs with stock or sales."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Left:
    """Units left on a day: the median, and what nine and one in ten simulated paths have at least."""

    day: date
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units on their way: by `likely` half of the simulated ways can sell them, by `late` nine in ten; `order` None
    where no purchase order names them."""

    units: int
    likely: date
    late: date
    order: str | None


@dataclass(frozen=True, slots=True)
class StockPage:
    """Today first, then the ends of the weeks; what is inbound arrives in it, what is suggested does not."""

    left: tuple[Left, ...]
    arrivals: tuple[Arrival, ...] = ()
