"""What lies ahead of an order and has a name: holidays of the factory, and sales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from kpiterm.analysis.inventory.demand.events import sales
from kpiterm.analysis.inventory.lead.calendar import chinese_new_year
from kpiterm.analysis.inventory.order.line import Coming, Holiday
from kpiterm.analysis.inventory.supply.model import Event, Supplier

_NEW_YEAR = {"en": "Chinese New Year", "zh": "春节"}
_GOLDEN_WEEK = {"en": "Golden Week", "zh": "国庆"}
_FELT = 4  # days of delay that are worth telling


def holiday(supplier: Supplier, today: date, delay: int, lead: int) -> Holiday | None:
    """The closure that orders of the next weeks meet on their way of `lead` days, where they are `delay` days late."""
    if delay < _FELT:
        return None
    until = today + timedelta(days=lead)
    ahead = [(first, last, name) for first, last, name in _closures(supplier, today) if first <= until]
    if not ahead:
        return None
    first, last, name = min(ahead, key=lambda closure: -_length(closure))
    return Holiday(name=name, first=first, last=last, delay=delay)


def coming(channel: str, sku: str, manual: Sequence[Event], first: date, last: date) -> tuple[Coming, ...]:
    """Sales and events of one's own on the days from `first` to `last`."""
    found = [
        Coming(name=sale.name, first=sale.first)
        for sale in sales()
        if channel.startswith(sale.channels) and sale.first <= last and sale.last >= first
    ]
    found += [
        Coming(name={"en": event.name, "zh": event.name}, first=event.first)
        for event in manual
        if event.first <= last and event.last >= first
        and (not event.skus or sku in event.skus) and (not event.channels or channel in event.channels)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.first))


def _closures(supplier: Supplier, today: date) -> Iterator[tuple[date, date, Mapping[str, str]]]:
    for closure in supplier.closures:
        if closure.last >= today:
            name = closure.name or f"{closure.first}"
            yield closure.first, closure.last, {"en": name, "zh": name}
    if supplier.calendar != "cn":
        return
    new_year = chinese_new_year(today - timedelta(days=supplier.ramp_up))
    if new_year:
        before, after = timedelta(days=supplier.ramp_down), timedelta(days=supplier.ramp_up)
        yield new_year - before, new_year + after, _NEW_YEAR
    for year in (today.year, today.year + 1):
        if date(year, 10, 7) >= today:
            yield date(year, 10, 1), date(year, 10, 7), _GOLDEN_WEEK


def _length(closure: tuple[date, date, Mapping[str, str]]) -> int:
    return (closure[1] - closure[0]).days
