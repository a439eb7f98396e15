"""Purchase orders as the operation log tells them: `po.add`, `po.import`, `po.advance`, `po.receive`, `po.cancel`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kpiterm.analysis.inventory.supply.model import MILESTONES, Milestone, OrderLine, PurchaseOrder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kpiterm.analysis.reader import Reader

Orders = dict[str, PurchaseOrder]


def read_orders(reader: Reader) -> tuple[PurchaseOrder, ...]:
    """Every order that was known at the reader's moment, in the order in which they were first entered."""
    rows = reader.rows("SELECT kind, detail FROM event WHERE kind LIKE 'po.%' ORDER BY seq")
    return orders_of((str(kind), json.loads(str(detail))) for kind, detail in rows)


def orders_of(events: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[PurchaseOrder, ...]:
    """The orders after these entries; an entry about an order that is not there changes nothing."""
    found: Orders = {}
    for kind, detail in events:
        match kind:
            case "po.add":
                found[detail["id"]] = from_detail(detail)
            case "po.import":
                found |= {one["id"]: from_detail(one) for one in detail["orders"]}
            case _ if detail.get("id") in found:
                found[detail["id"]] = _changed(found[detail["id"]], kind, detail)
    return tuple(found.values())


def to_detail(order: PurchaseOrder) -> dict[str, object]:
    """An order as it is written into the log."""
    return {
        "id": order.id,
        "supplier": order.supplier,
        "account": order.account,
        "channel": order.channel,
        "mode": order.mode,
        "currency": order.currency,
        "lines": [
            {
                "sku": line.sku,
                "units": line.units,
                "unit_cost": None if line.unit_cost is None else str(line.unit_cost),
                "received": line.received,
            }
            for line in order.lines
        ],
        "reached": {name: day.isoformat() for name, day in order.reached.items()},
        "shipments": list(order.shipments),
        "promised": order.promised.isoformat() if order.promised else None,
    }


def from_detail(detail: Mapping[str, Any]) -> PurchaseOrder:
    """The order of a log entry."""
    return PurchaseOrder(
        id=detail["id"],
        supplier=detail["supplier"],
        account=detail["account"],
        channel=detail["channel"],
        mode=detail["mode"],
        currency=detail["currency"],
        lines=tuple(
            OrderLine(
                sku=line["sku"],
                units=line["units"],
                unit_cost=None if line["unit_cost"] is None else Decimal(line["unit_cost"]),
                received=line["received"],
            )
            for line in detail["lines"]
        ),
        reached={name: date.fromisoformat(detail["reached"][name]) for name in MILESTONES if name in detail["reached"]},
        shipments=tuple(detail["shipments"]),
        promised=date.fromisoformat(detail["promised"]) if detail["promised"] else None,
    )


def received(order: PurchaseOrder, day: date, units: Mapping[str, int]) -> PurchaseOrder:
    """The order after a receipt: `received` once nothing is open, until then it is being checked in."""
    left = dict(units)
    lines = []
    for line in order.lines:
        taken = min(line.open, left.get(line.sku, 0))
        left[line.sku] = left.get(line.sku, 0) - taken
        lines.append(replace(line, received=line.received + taken))
    done = not any(line.open for line in lines)
    mark: Milestone = "received" if done else "checked_in"
    reached = {**order.reached, mark: order.reached.get(mark, day)}
    return replace(order, lines=tuple(lines), reached=_sorted(reached))


def _changed(order: PurchaseOrder, kind: str, detail: Mapping[str, Any]) -> PurchaseOrder:
    match kind:
        case "po.advance":
            reached = {**order.reached, detail["milestone"]: date.fromisoformat(detail["day"])}
            shipments = tuple(dict.fromkeys((*order.shipments, *detail["shipments"])))
            promised = date.fromisoformat(detail["promised"]) if detail["promised"] else order.promised
            return replace(order, reached=_sorted(reached), shipments=shipments, promised=promised)
        case "po.receive":
            units = {line["sku"]: line["units"] for line in detail["lines"]}
            return received(order, date.fromisoformat(detail["day"]), units)
        case "po.cancel":
            return replace(order, cancelled=True)
        case _:
            return order


def _sorted(reached: Mapping[Milestone, date]) -> dict[Milestone, date]:
    return {name: reached[name] for name in MILESTONES if name in reached}
