"""Purchase orders as rows: how far each has come, and when what is open of it can be sold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.content import Content

from kpiterm.analysis.inventory.supply.model import MILESTONES, Milestone, PurchaseOrder
from kpiterm.analysis.pages.orders import OrderRow, OrdersPage
from kpiterm.i18n import N_, listing, said, sentences
from kpiterm.tui.contract_text import Parts, columns, section
from kpiterm.tui.figures import day, format_value
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.row_list import Row

MUTED = "$text-muted"
STAGES: dict[Milestone, str] = {
    "ordered": N_("ordered"),
    "produced": N_("produced"),
    "qc": N_("inspected"),
    "booked": N_("booked"),
    "shipped": N_("shipped"),
    "port": N_("in port"),
    "checked_in": N_("checked in"),
    "received": N_("received"),
}
WHEN = 20
WAY = 9
"""Cells of the way: one for each milestone, and a blank."""


def rows(page: OrdersPage) -> list[Row]:
    """Open orders, then those that have come or were cancelled."""
    open_ones = [row for row in page.rows if row.order.is_open]
    others = [row for row in page.rows if not row.order.is_open]
    return [
        *section(_("open, the next to arrive first"), map(_row, open_ones), _("none"))[1:],
        *section(_("received or cancelled"), map(_row, others), _("none")),
    ]


def next_step(order: PurchaseOrder) -> Milestone | None:
    """The milestone after the one that it has reached, as `po advance` takes it; None where only receiving is left."""
    later = MILESTONES[MILESTONES.index(order.stage) + 1 : -1]
    return later[0] if later else None


def _row(row: OrderRow) -> Row:
    return Row(partial(_drawn, row), row.order.id, _told(row))


def _drawn(row: OrderRow, width: int) -> Content:
    order = row.order
    units, left = sum(line.units for line in order.lines), sum(line.open for line in order.lines)
    parts: Parts = [
        (*_state(row), False),
        (order.id, 12, "bold", False),
        (f"{left:,}/{units:,}", 14, "", True),
        (f"  {_skus(order, width)}", 0, "", False),
    ]
    if width >= 76:
        parts = [*parts[:1], (f"{_way(order)} {_(STAGES[order.stage])}", WAY + 12, MUTED, False), *parts[1:]]
    if width >= 110:
        parts = [
            *parts,
            (f"  {order.supplier}", 14, "", False),
            (f"  {order.mode or ''} → {order.channel}", 24, "", False),
        ]
    return columns(parts, width)


def _skus(order: PurchaseOrder, width: int) -> str:
    """The first of them, and how many more; all of a few where there is room."""
    names = [line.sku for line in order.lines]
    return ", ".join(names) if len(names) < 2 or width >= 160 else f"{names[0]} +{len(names) - 1}"


def _state(row: OrderRow) -> tuple[str, int, str]:
    """`✗ 3 Jan, 9 d late`: when it is likely to arrive, as symbol and words."""
    if row.order.cancelled:
        return "– " + _("cancelled"), WHEN, MUTED
    if row.arrival is None:
        return "✓ " + _("received"), WHEN, "$success"
    if row.late:
        return _(said("✗ {0}, {1} d late", day(row.arrival.likely), row.late)), WHEN, "bold $error"
    return f"  {day(row.arrival.likely)}", WHEN, ""


def _way(order: PurchaseOrder) -> str:
    """`━━━━────`: the milestones behind it and those ahead."""
    done = MILESTONES.index(order.stage) + 1
    return "━" * done + "─" * (len(MILESTONES) - done)


def _told(row: OrderRow) -> str:
    """What a person asks first comes first: the list under the rows has room for a few lines only."""
    order = row.order
    facts = [
        _(said("{0} from {1} for {2} on {3}", order.id, order.supplier, order.account, order.channel)),
        _(said("{0} since {1}", _(STAGES[order.stage]), order.reached[order.stage])),
    ]
    if row.arrival:
        facts.append(_(said("likely {0}, nine times in ten by {1}", row.arrival.likely, row.arrival.at_latest)))
    if order.promised:
        late = _(said("promised for {0}: {1} days late", order.promised, row.late))
        facts.append(late if row.late else _(said("promised for {0}", order.promised)))
    if order.mode:
        facts.append(_(said("shipped by {0}", order.mode)))
    if row.value is not None and order.currency:
        facts.append(_(said("order value {0}", format_value(row.value, "money", order.currency))))
    if order.shipments:
        facts.append(_(said("shipments {0}", ", ".join(order.shipments))))
    facts.append(_(listing(_line(line.sku, line.units, line.received) for line in order.lines)))
    return _(sentences(facts))


def _line(sku: str, units: int, received: int) -> str:
    if received:
        return _(said("{0}: {1:,} units, {2:,} received", sku, units, received))
    return _(said("{0}: {1:,} units", sku, units))


def cells(row: OrderRow) -> Sequence[tuple[str, ...]]:
    """A row of a file for each line of the order."""
    order, arrival = row.order, row.arrival
    found = [
        (
            order.id, order.supplier, order.account, order.channel, order.mode, line.sku, line.units, line.received,
            line.unit_cost, order.currency, "cancelled" if order.cancelled else order.stage, order.reached[order.stage],
            order.promised, arrival.likely if arrival else None, arrival.at_latest if arrival else None,
        )
        for line in order.lines
    ]  # fmt: skip
    return [tuple("" if value is None else str(value) for value in one) for one in found]


def head(width: int) -> Content:
    """The names of the columns."""
    parts: Parts = [
        (_("arrives"), WHEN, MUTED, False), (_("PO no."), 12, MUTED, False), (_("open/units"), 14, MUTED, True),
        ("  SKU", 0, MUTED, False),
    ]  # fmt: skip
    if width >= 76:
        parts = [*parts[:1], (_("how far"), WAY + 12, MUTED, False), *parts[1:]]
    if width >= 110:
        parts = [*parts, (_("  supplier"), 14, MUTED, False), (_("  by, to"), 24, MUTED, False)]
    return columns(parts, width)
