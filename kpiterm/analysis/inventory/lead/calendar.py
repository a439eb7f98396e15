"""The days on which factories work and platforms receive, as running totals of working days since 2015."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.analysis.inventory.supply.model import Receiving, Supplier
    from kpiterm.analysis.pacing.arrays import Floats, Ints

EPOCH = date(2015, 1, 1)
_LAST = date(2052, 12, 31)
_DAYS = (_LAST - EPOCH).days + 1
_HOLIDAY = (-1, 6)
"""Nobody works from New Year's eve to the sixth day."""
_FORWARDERS = (-4, 6)
"""Forwarders close three to five days before New Year."""
_GOLDEN_WEEK = ((10, 1), 7)
_NEW_YEARS = (
    "0219 0208 0128 0216 0205 0125 0212 0201 0122 0210 0129 0217 0206 0126 0213 0203 0123 0211 "
    "0131 0219 0208 0128 0215 0204 0124 0212 0201 0122 0210 0130 0217 0206 0126 0214 0202 0123"
)
CHINESE_NEW_YEARS = tuple(
    date(year, int(day[:2]), int(day[2:])) for year, day in enumerate(_NEW_YEARS.split(), EPOCH.year)
)
"""First days of the Chinese years that begin in 2015 to 2050."""


def chinese_new_year(day: date) -> date | None:
    """The next Chinese New Year on or after a day; None after the table's end."""
    return next((new_year for new_year in CHINESE_NEW_YEARS if new_year >= day), None)


def index(day: date) -> int:
    """Days since the calendar's first; days before and after it count as its first and last."""
    return min(max((day - EPOCH).days, 0), _DAYS - 1)


def factory(supplier: Supplier) -> Floats:
    """Working days of a factory from the epoch to the begin of each day, [days + 1]."""
    closed = tuple((closure.first, closure.last) for closure in supplier.closures)
    return _factory(supplier.calendar, supplier.ramp_down, supplier.ramp_up, closed)


def speed_of_new_year(offset: int, ramp_down: int, ramp_up: int) -> float:
    """The share of its output that a factory makes `offset` days after Chinese New Year (before it: negative).

    It falls in a straight line over the `ramp_down` days before it and is back `ramp_up` days after New Year.
    """
    first, last = _HOLIDAY
    if first <= offset <= last:
        return 0.0
    if offset < first:
        return min(1.0, (first - offset) / (max(ramp_down + first, 0) + 1))
    return min(1.0, (offset - last) / max(ramp_up - last, 1))


@lru_cache(maxsize=64)
def open_days(calendar: str, closed: tuple[tuple[date, date], ...] = ()) -> Ints:
    """For each day the first one from it on which a forwarder takes goods, [days]: no holiday, no closure."""
    speed = _closed_out(np.ones(_DAYS), closed)
    if calendar == "cn":
        for new_year in CHINESE_NEW_YEARS:
            _set(speed, new_year, _FORWARDERS, np.zeros(_FORWARDERS[1] - _FORWARDERS[0] + 1))
        _golden_weeks(speed)
    days = np.where(speed > 0, np.arange(_DAYS), _DAYS - 1)
    return np.asarray(np.minimum.accumulate(days[::-1])[::-1], dtype=np.int64)


def cutoffs(weekday: int | None, opened: Ints) -> Ints:
    """For each day the first cut-off on or after it that falls on an open day, [days]; no weekday: any open day."""
    if weekday is None:
        return opened
    days = np.arange(_DAYS)
    usual = ((days + EPOCH.weekday()) % 7 == weekday) & (opened == days)
    return np.asarray(np.minimum.accumulate(np.where(usual, days, _DAYS - 1)[::-1])[::-1], dtype=np.int64)


def receiving(found: Receiving) -> Floats:
    """Receiving days of a platform from the epoch to the begin of each day, [days + 1]; slow seasons count less."""
    return _receiving(tuple((slow.first, slow.last, slow.speed) for slow in found.slowdowns))


def worked(total: Floats, start: Floats) -> Floats:
    """Working days until moments, given in days since the epoch."""
    return np.asarray(np.interp(start, np.arange(len(total)), total))


def finished(total: Floats, start: Floats, work: Floats) -> Floats:
    """When work that begins at `start` is done: the first moment by which so many days were worked."""
    target = worked(total, start) + work
    after = np.clip(np.searchsorted(total, target, side="left"), 1, len(total) - 1)
    step = np.maximum(total[after] - total[after - 1], 1e-9)
    return np.asarray(np.maximum(start, after - 1 + np.clip((target - total[after - 1]) / step, 0, 1)))


@lru_cache(maxsize=256)
def _factory(calendar: str, down: int, up: int, closed: tuple[tuple[date, date], ...]) -> Floats:
    speed = np.ones(_DAYS)
    if calendar == "cn":
        span = (min(-down, _HOLIDAY[0]) - 1, max(up, _HOLIDAY[1]) + 1)
        shape = np.array([speed_of_new_year(offset, down, up) for offset in range(span[0], span[1] + 1)])
        for new_year in CHINESE_NEW_YEARS:
            _set(speed, new_year, span, shape)
        _golden_weeks(speed)
    return _summed(_closed_out(speed, closed))


@lru_cache(maxsize=64)
def _receiving(seasons: tuple[tuple[tuple[int, int], tuple[int, int], float], ...]) -> Floats:
    speed = np.ones(_DAYS)
    for first, last, pace in seasons:
        for begin, end in _yearly(first, last):
            speed[index(begin) : index(end) + 1] = np.minimum(speed[index(begin) : index(end) + 1], pace)
    return _summed(speed)


def _yearly(first: tuple[int, int], last: tuple[int, int]) -> Iterator[tuple[date, date]]:
    """The season of each year; one that ends before it begins runs over the turn of the year."""
    for year in range(EPOCH.year - 1, _LAST.year + 1):
        end = _day(year + (last < first), last)
        if end >= EPOCH:
            yield max(_day(year, first), EPOCH), min(end, _LAST)


def _day(year: int, place: tuple[int, int]) -> date:
    month, day = place
    return date(year, 3, 1) - timedelta(days=1) if (month, day) == (2, 29) else date(year, month, day)


def _golden_weeks(speed: Floats) -> None:
    place, length = _GOLDEN_WEEK
    for year in range(EPOCH.year, _LAST.year + 1):
        _set(speed, date(year, *place), (0, length - 1), np.zeros(length))


def _closed_out(speed: Floats, closed: tuple[tuple[date, date], ...]) -> Floats:
    for first, last in closed:
        if last >= EPOCH and first <= _LAST:
            speed[index(first) : index(last) + 1] = 0
    return speed


def _set(speed: Floats, day: date, span: tuple[int, int], values: Floats) -> None:
    """Where two closures meet, the slower one holds."""
    start = (day - EPOCH).days + span[0]
    cut = slice(max(start, 0), min(start + len(values), _DAYS))
    speed[cut] = np.minimum(speed[cut], values[cut.start - start : cut.stop - start])


def _summed(speed: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(speed)))
