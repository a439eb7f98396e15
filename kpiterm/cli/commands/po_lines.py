"""The small parts of `kpiterm po`: lines and days as people type them, and a row of the list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kpiterm.cli import supplies
from kpiterm.errors import UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.supply.model import OrderLine, PurchaseOrder
    from kpiterm.cli.session import Session

_LINE = re.compile(r"(.+)=([1-9]\d{0,8})(?:@(\d+(?:\.\d{1,4})?))?")


def ordered(text: str) -> OrderLine:
    """`SKU=UNITS` or `SKU=UNITS@COST`."""
    from kpiterm.analysis.inventory.supply.model import OrderLine

    match = _LINE.fullmatch(text)
    if not match:
        raise UsageError(f"--line {text!r}", hint="write SKU=UNITS or SKU=UNITS@COST, such as MAT-1=500@3.20")
    return OrderLine(sku=match[1], units=int(match[2]), unit_cost=Decimal(match[3]) if match[3] else None)


def received(given: Sequence[str], open_units: Mapping[str, int], order: str) -> dict[str, int]:
    """Units by SKU, each one open on the order."""
    found: dict[str, int] = {}
    for text in given:
        line = ordered(text)
        found[line.sku] = found.get(line.sku, 0) + line.units
        if found[line.sku] > open_units.get(line.sku, 0):
            open_now = ", ".join(f"{sku}: {count}" for sku, count in open_units.items()) or "nothing"
            problem = f"order {order!r} has not so many units of {line.sku!r} open"
            raise UsageError(problem, hint=f"open: {open_now}; enter what came beyond the order as an order of its own")
    return found


def day(text: str | None, session: Session, *, future: bool = False) -> date:
    """A day as typed, today where none is; never one to come, unless `future`."""
    today = session.now().date()
    try:
        found = date.fromisoformat(text) if text else today
    except ValueError:
        raise UsageError(f"{text!r} is no day", hint="write 2026-11-23") from None
    if found > today and not future:
        raise UsageError(f"{found} is still to come", hint="enter what has happened; --promised says what is expected")
    return found


def place(session: Session, sku: str, account: str | None, channel: str | None) -> tuple[str, str]:
    """Account and channel as given, else the only ones that know the SKU."""
    if account and channel:
        return account, channel
    with session.reader() as reader:
        known = [
            (one, other)
            for one, other in supplies.places(reader)(sku)
            if account in {None, one} and channel in {None, other}
        ]
    if len(known) == 1:
        return known[0]
    where = ", ".join(f"--account {one} --channel {other}" for one, other in known)
    hint = f"one of: {where}" if where else "write --account and --channel"
    raise UsageError(f"SKU {sku!r} is known on {len(known)} channels", hint=hint)


def row(order: PurchaseOrder) -> tuple[str, ...]:
    """A row of `kpiterm po list`."""
    units, left = sum(line.units for line in order.lines), sum(line.open for line in order.lines)
    stage = "cancelled" if order.cancelled else order.stage
    skus = ", ".join(line.sku for line in order.lines[:3]) + (" …" if len(order.lines) > 3 else "")
    since = str(order.reached[order.stage])
    return order.id, order.supplier, order.channel, order.mode or "", stage, since, str(units), str(left), skus
