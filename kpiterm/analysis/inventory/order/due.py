"""Published suggestions that nobody decided on or ordered, as gauges for alerts: days until the nearest order-by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from kpiterm.analysis.alerts.rules import ORDERS
from kpiterm.analysis.clock import Clock
from kpiterm.analysis.inventory.order.decisions import Entry, decisions_of, published_of
from kpiterm.analysis.inventory.order.shop import Key
from kpiterm.analysis.view import Gauge, Span


def order_gauges(entries: Iterable[Entry], clock: Clock) -> tuple[Gauge, ...]:
    """One for each channel of the last published list that has lines left; `entries` of kinds `reorder.` and `po.`"""
    known = list(entries)
    published = published_of(known)
    if not published:
        return ()
    settled = decisions_of(known, clock).keys() | ordered_since(known, published[-1].seq)
    open_ = [
        line
        for line in published[-1].lines
        if line["order_by"] and line["quantity"] and (line["account"], line["channel"], line["sku"]) not in settled
    ]
    channels = sorted({str(line["channel"]) for line in open_})
    return tuple(
        _gauge(channel, sorted((line["order_by"], line["sku"]) for line in open_ if line["channel"] == channel), clock)
        for channel in channels
    )


def ordered_since(entries: Iterable[Entry], seq: int) -> set[Key]:
    """What purchase orders entered after that entry of the log are for; one that is entered again is no new one."""
    known, found = set[str](), set[Key]()
    for number, _, _, kind, detail in entries:
        new = [detail] if kind == "po.add" else detail["orders"] if kind == "po.import" else []
        for order in new:
            if number > seq and order["id"] not in known:
                found |= {(str(order["account"]), str(order["channel"]), str(line["sku"])) for line in order["lines"]}
            known.add(order["id"])
    return found


def _gauge(channel: str, lines: list[tuple[str, str]], clock: Clock) -> Gauge:
    today = clock.today(channel)
    nearest, sku = date.fromisoformat(lines[0][0]), lines[0][1]
    days = (nearest - today).days
    return Gauge(
        id=ORDERS, name=sku if len(lines) == 1 else f"{sku} +{len(lines) - 1}", channel=channel,
        period=Span(nearest, nearest, today), value=Decimal(days), numerator=None, denominator=None, unit="days",
        direction="up", currency=None, target=None, weight=None, state="breach" if days < 0 else "watch", reason=None,
        maturity="final", data_through=None, sources=(), previous=None, change=None, history=(), definition_version=1,
        definition_hash="", group="stock",
    )  # fmt: skip
