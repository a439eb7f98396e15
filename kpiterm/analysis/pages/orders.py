"""Purchase orders as a screen shows them: how far each has come, and when what is open can be sold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kpiterm.analysis.inventory.lead.draws import DRAWS, percentiles
from kpiterm.analysis.inventory.lead.route import Experience
from kpiterm.analysis.inventory.order.lanes import Lanes
from kpiterm.analysis.inventory.supply.model import MILESTONES, Incoming, PurchaseOrder, Supply, Terms


@dataclass(frozen=True, slots=True)
class Arrival:
    """The day on which half, and nine in ten, of the simulated ways of what is open have arrived."""

    likely: date
    at_latest: date


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order; `arrival` None where nothing of it is open, `value` None where a unit cost is missing.

    `late`: days by which it is likely to be at the platform's warehouse after the day that was promised; 0 where it is
    not, or nothing was promised.
    """

    order: PurchaseOrder
    arrival: Arrival | None
    value: Decimal | None
    late: int


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Open orders by their arrival, then the others, the newest first."""

    rows: tuple[OrderRow, ...]
    today: date


def orders_page(
    orders: Iterable[PurchaseOrder],
    incoming: Iterable[Incoming],
    supply: Supply,
    experience: Experience,
    today: Mapping[str, date],
) -> OrdersPage:
    """`orders` and `incoming` as `supplies.pipeline` has them, `today` by channel."""
    lanes = Lanes(supply, experience, today, DRAWS, 0)
    coming: dict[str, list[Incoming]] = {}
    for one in incoming:
        if one.order is not None:
            coming.setdefault(one.order, []).append(one)
    rows = [_row(one, coming.get(one.id, ()), lanes) for one in orders]
    return OrdersPage(tuple(sorted(rows, key=_place)), max(today.values(), default=date.min))


def _row(order: PurchaseOrder, coming: Sequence[Incoming], lanes: Lanes) -> OrderRow:
    """Its arrival is that of the line which comes last."""
    found = [_arrival(order, one, lanes) for one in coming]
    if not found:
        return OrderRow(order, None, _value(order), 0)
    arrival, receiving = max(found, key=lambda pair: (pair[0].likely, pair[0].at_latest))
    return OrderRow(order, arrival, _value(order), _late(order, arrival, receiving, lanes.today[order.channel]))


def _arrival(order: PurchaseOrder, one: Incoming, lanes: Lanes) -> tuple[Arrival, int]:
    """When it can be sold, and the usual days from the warehouse's door until then."""
    terms = lanes.supply.terms_of(one.account, one.sku) or Terms(sku=one.sku, supplier=order.supplier)
    likely, late = percentiles(lanes.remaining(terms, one))
    stages = lanes.stages(lanes.of(terms, one.mode or lanes.modes(terms)[0], one.channel))
    today = lanes.today[one.channel]
    return Arrival(today + timedelta(days=likely), today + timedelta(days=late)), round(stages["receiving"])


def _late(order: PurchaseOrder, arrival: Arrival, receiving: int, today: date) -> int:
    """A stated day is believed of goods at sea until it has passed."""
    stage = MILESTONES.index(order.stage)
    if order.promised is None or stage >= MILESTONES.index("checked_in"):
        return 0
    at_sea = stage >= MILESTONES.index("shipped")
    there = today if at_sea else arrival.likely - timedelta(days=receiving)
    return max((there - order.promised).days, 0)


def _value(order: PurchaseOrder) -> Decimal | None:
    costs = [None if line.unit_cost is None else line.unit_cost * line.units for line in order.lines]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def _place(row: OrderRow) -> tuple[bool, int]:
    newest = max(row.order.reached.values()).toordinal()
    return (row.arrival is None, row.arrival.likely.toordinal() if row.arrival else -newest)
