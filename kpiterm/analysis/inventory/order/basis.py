"""What a suggestion's demand rests on: recent sales, the level, its season, and the sales that lie ahead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kpiterm.analysis.inventory.demand.dates import Events, factors
from kpiterm.analysis.inventory.demand.events import sales as known_sales
from kpiterm.analysis.inventory.demand.learn import Lessons
from kpiterm.analysis.inventory.demand.panel import Forecast, Panel
from kpiterm.analysis.inventory.demand.shift import Shift
from kpiterm.analysis.inventory.order.line import Past, Selling
from kpiterm.analysis.inventory.order.waterfall import Basis
from kpiterm.analysis.pacing.arrays import Floats, Ints, ratio

WINDOW = 30
_LATELY, _AROUND = 120, 28  # days ago that a sale is still told, and on either side of it that say what was normal
_MUCH, _FALLEN, _SURE = 2.0, 0.65, 3.0  # times normal days; share of the months before; standard deviations
_OTHERS = ("analogue", "parent", "pool")
_SOON = 28  # days whose mean is the level: whole weeks, so that weekdays do not count


def basis(panel: Panel, found: Forecast, lessons: Lessons, special: Events, ends: Sequence[int]) -> Basis:
    """By row of `panel`, of which `found` is the forecast; `special` are its events."""
    length = found.mean.shape[1]
    first = panel.last_day + 1
    plain = found.mean / factors(special, first, length)
    normal = plain / _season(panel, lessons, first, length)
    shown, sold = _recent(panel)
    return Basis(
        window=WINDOW,
        raw=sold.sum(axis=1) / np.clip(shown.shape[1], 1, None),
        shown=ratio((sold * shown).sum(axis=1), shown.sum(axis=1).astype(np.float64)),
        in_stock=shown.sum(axis=1).astype(np.int64),
        level=normal[:, :_SOON].mean(axis=1),
        seasonal=np.cumsum(plain, axis=1)[:, np.asarray(ends) - 1],
    )


def _recent(panel: Panel) -> tuple[Floats, Floats]:
    """Of the last days: which had stock, and what was sold on each."""
    units = panel.units[:, -WINDOW:]
    alive = np.isfinite(units)
    return np.asarray(panel.stock[:, -WINDOW:] & alive), np.where(alive, units, 0)


def _season(panel: Panel, lessons: Lessons, first: Ints, length: int) -> Floats:
    """By how many times the season makes each day to come larger."""
    days = first[:, None] + np.arange(length)
    found = np.ones(days.shape)
    for number in np.unique(panel.pool).tolist():
        rows = panel.pool == number
        found[rows] = lessons.pools[number].calendar.usual(days[rows])
    return found


def selling(
    panel: Panel, found: Basis, shift: Shift, rests: Sequence[str], sales: Sequence[tuple[Past, ...]]
) -> list[Selling]:
    """The same as people read it; `rests`, what each level rests on, `sales`, what was left out of it."""
    known, trend = np.isfinite(panel.units).sum(axis=1), _trend(found, shift)
    width = min(WINDOW, panel.units.shape[1])
    return [
        Selling(
            window=width,
            raw=float(found.raw[row]),
            shown=float(found.shown[row]),
            week=float(shift.week[row]),
            in_stock=int(found.in_stock[row]),
            days=int(known[row]),
            trend=int(trend[row]),
            before=float(shift.before[row]),
            others=rests[row] in _OTHERS,
            sales=sales[row],
        )
        for row in range(len(known))
    ]


def past_sales(panel: Panel, channel: Sequence[str]) -> list[tuple[Past, ...]]:
    """By row, the marketplace's sales of the last months that brought much more than the weeks around them."""
    found: list[list[Past]] = [[] for _ in channel]
    units = np.where(panel.stock & np.isfinite(panel.units), panel.units, np.nan)
    for sale in known_sales():
        off = panel.days - sale.days[0]
        on = (off >= 0) & (off < len(sale.days))
        near = (np.abs(off) <= _AROUND) & ~on
        lately = (panel.last_day >= sale.days[-1]) & (panel.last_day - sale.days[0] < _LATELY)
        came, days = np.nansum(np.where(on, units, 0), axis=1), (on & np.isfinite(units)).sum(axis=1)
        count = (near & np.isfinite(units)).sum(axis=1).astype(np.float64)
        usual = ratio(np.nansum(np.where(near, units, 0), axis=1), count) * days
        much = lately & (usual > 0) & (came >= _MUCH * usual) & (came - usual > _SURE * np.sqrt(usual))
        for row in np.flatnonzero(much).tolist():
            if channel[row].startswith(sale.channels):
                found[row].append(Past(name=sale.name, first=sale.first, times=float(came[row] / usual[row])))
    return [tuple(one) for one in found]


def _trend(found: Basis, shift: Shift) -> Ints:
    """Risen 1, fallen -1: an alarm of the last six weeks, or a month that is far from the months before it."""
    month, before = found.shown * WINDOW, shift.before * WINDOW
    far = (np.abs(month - before) > _SURE * np.sqrt(2 * before)) & (shift.before > 0)
    moved = np.where(found.shown < _FALLEN * shift.before, -1, np.where(found.shown > shift.before / _FALLEN, 1, 0))
    return np.asarray(np.where(shift.moved != 0, shift.moved, far * moved), dtype=np.int64)
