"""The demand of a store's SKUs: their daily series as known at the reader's moment, and what they let expect.

A series is an account's SKU on a channel. Rows are read set-wise, some thousand series at a time, so that memory does
not grow with the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

import numpy as np

from kpiterm.analysis.inventory.demand import events, lessons, sample, store_sql
from kpiterm.analysis.inventory.demand import forecast as forecasted
from kpiterm.analysis.inventory.demand.dates import Events
from kpiterm.analysis.inventory.demand.events import Texts
from kpiterm.analysis.inventory.demand.learn import Lessons
from kpiterm.analysis.inventory.demand.panel import Forecast, Panel
from kpiterm.analysis.inventory.demand.resemble import YOUNG, resembled
from kpiterm.analysis.inventory.demand.shift import Shift, shifts
from kpiterm.analysis.inventory.demand.uplift import Pooled
from kpiterm.analysis.inventory.supply.model import Supply
from kpiterm.analysis.pacing.arrays import Bools, Floats, Ints
from kpiterm.analysis.reader import Columns

CHUNK = 2048  # series at a time: what memory is made of
_RECENT = 90  # days that a plain velocity is of
_SMALL = 20  # series under which a category learns with its whole channel
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """All series of a store, by account, channel and SKU. `first` and `last` are days since 1970-01-01: the first of
    which anything is known, and the last that is over and read. `price` NaN, `parent` and `category` '' where unknown;
    `shipped`, its multi-channel orders count here; `alike` and `basis` as `resembled` has them."""

    account: Texts
    channel: Texts
    sku: Texts
    parent: Texts
    category: Texts
    price: Floats
    first: Ints
    last: Ints
    shipped: Bools
    pool: Ints
    alike: Floats
    basis: Texts

    def __len__(self) -> int:
        return len(self.sku)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Some series and what they let expect. `rows` [n] places in Series; arrays of `panel`, `forecast` and `shift` are
    by these rows. Of the last 90 days (or since it was first sold): `days`, those `shown` in stock, `sold` units."""

    rows: Ints
    panel: Panel
    forecast: Forecast
    shift: Shift
    days: Floats
    shown: Floats
    sold: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What a store's series teach: `lessons` of the engine, and what each kind of sale brought to each pool."""

    lessons: Lessons
    sales: Mapping[str, Pooled]
    horizons: tuple[int, ...]


def series(reader: Columns, supply: Supply) -> Series:
    """Every SKU that was sold, is listed or has stock. `supply` names what new ones resemble."""
    found = reader.arrays(store_sql.SERIES, [_moment(reader)])
    text = {name: found[name] for name in ("account", "channel", "sku", "parent", "category")}
    last = np.asarray(found["last"], dtype=np.int64)
    first = np.minimum(np.asarray(np.ma.filled(found["first"], 0), dtype=np.int64), last)
    known: dict[str, Any] = {
        **text,
        "price": np.asarray(found["price"], dtype=np.float64),
        "first": first,
        "last": last,
        "shipped": np.asarray(found["shipped"], dtype=np.bool_),
        "pool": pooled(text["channel"], text["category"]),
    }
    nothing = np.full(len(last), np.nan)
    plain = Series(**known, alike=nothing, basis=np.full(len(last), "own", dtype=object))
    alike, basis = resembled(plain.account, plain.sku, plain.parent, last - first + 1, _recent(reader, plain), supply)
    return Series(**known, alike=alike, basis=basis)


def panel(reader: Columns, series: Series, rows: Ints) -> Panel:
    """Daily units and days in stock of these series; a day without a stock reading counts as in stock."""
    last = series.last[rows]
    width = int((last - series.first[rows]).max(initial=0)) + 1
    begun = last - width + 1
    units = np.where(begun[:, None] + np.arange(width) < series.first[rows][:, None], np.nan, 0.0)
    place, day, sold = _units(reader, series, rows)
    column = day - begun[place]
    inside = (column >= 0) & (column < width)
    units[place[inside], column[inside]] += sold[inside]
    return Panel(
        units=units,
        stock=~_out(reader, series, rows, begun, width),
        last_day=last,
        price=series.price[rows],
        pool=series.pool[rows],
        alike=series.alike[rows],
    )


def teach(
    reader: Columns, series: Series, horizons: Sequence[int], supply: Supply, *, full: bool = False, seed: int = 0
) -> Taught:
    """What the store's series (a sample of many) teach of sums over `horizons` days."""
    rows = sample(series.pool, seed)
    known = panel(reader, series, rows)
    sales = events.learn(known, series.channel[rows])
    special = _special(series, rows, known, sales, supply, max(horizons))
    return Taught(
        lessons=lessons(known, horizons, events=special, full=full, seed=seed), sales=sales, horizons=tuple(horizons)
    )


def outlook(reader: Columns, series: Series, rows: Ints, taught: Taught, supply: Supply) -> Outlook:
    """What these series let expect; no other series changes it."""
    known = panel(reader, series, rows)
    special = _special(series, rows, known, taught.sales, supply, max(taught.horizons))
    recent = np.isfinite(known.units[:, -_RECENT:])
    shown = recent & known.stock[:, -_RECENT:]
    return Outlook(
        rows=rows,
        panel=known,
        forecast=forecasted(known, taught.lessons, taught.horizons, events=special),
        shift=shifts(known),
        days=recent.sum(axis=1).astype(np.float64),
        shown=shown.sum(axis=1).astype(np.float64),
        sold=np.nansum(known.units[:, -_RECENT:], axis=1),
    )


def day(number: int) -> date:
    """The date of a day since 1970-01-01."""
    return _EPOCH + timedelta(days=int(number))


def _special(
    series: Series, rows: Ints, known: Panel, sales: Mapping[str, Pooled], supply: Supply, days: int
) -> Events:
    until = int(known.last_day.max(initial=0)) + days
    return events.factors(known, series.channel[rows], series.sku[rows], sales, supply.events, until)


def pooled(channel: Texts, category: Texts) -> Ints:
    """Channel and category, or the channel alone where a category is small; a small channel joins the largest pool."""
    if not len(channel):
        return np.zeros(0, dtype=np.int64)
    _, number = np.unique(channel.astype(str), return_inverse=True)
    pair = number * (len(channel) + 1) + 1 + np.unique(category.astype(str), return_inverse=True)[1]
    _, place, count = np.unique(pair, return_inverse=True, return_counts=True)
    own = (count[place] >= _SMALL) & (category != "")
    pool = np.where(own, pair, number * (len(channel) + 1))
    _, place, count = np.unique(pool, return_inverse=True, return_counts=True)
    return np.asarray(np.where(count[place] >= _SMALL, place, np.argmax(count)), dtype=np.int64)


def _moment(reader: Columns) -> object:
    return reader.as_of.astimezone(UTC).replace(tzinfo=None)


def _wanted(reader: Columns, series: Series, rows: Ints, *, shipped: bool) -> list[object]:
    """Parameters that name these series; with `shipped`, also under the channel of multi-channel orders."""
    also = np.flatnonzero(series.shipped[rows]) if shipped else np.zeros(0, dtype=np.int64)
    names = [series.account, series.channel, series.sku]
    account, channel, sku = ([*column[rows], *column[rows][also]] for column in names)
    channel[len(rows) :] = ["non-amazon"] * len(also)
    places = [str(place) for place in (*range(len(rows)), *also.tolist())]
    return [_moment(reader), *(store_sql.SEPARATOR.join(part) for part in (account, channel, sku, places))]


def _units(reader: Columns, series: Series, rows: Ints) -> tuple[Ints, Ints, Floats]:
    """Place in `rows`, day and units of every day with sales."""
    found = reader.arrays(store_sql.UNITS, _wanted(reader, series, rows, shipped=True))
    place, day = (np.asarray(found[name], dtype=np.int64) for name in ("place", "day"))
    return place, day, np.asarray(found["units"], dtype=np.float64)


def _recent(reader: Columns, series: Series) -> Floats:
    """Units a day of the last weeks, of all series."""
    found = reader.arrays(store_sql.RECENT, [_moment(reader)])
    number = {key: place for place, key in enumerate(zip(series.account, series.channel, series.sku, strict=True))}
    keys = zip(found["account"], found["channel"], found["sku"], strict=True)
    rates: Floats = np.zeros(len(series))
    rates[[number[key] for key in keys]] = found["units"]
    return np.asarray(rates / np.clip(series.last - series.first + 1, 1, YOUNG))


def _out(reader: Columns, series: Series, rows: Ints, begun: Ints, width: int) -> Bools:
    """Days without stock, [rows, width]."""
    found = reader.arrays(store_sql.OUT, _wanted(reader, series, rows, shipped=False))
    place, first, last = (np.asarray(found[name], dtype=np.int64) for name in ("place", "first", "last"))
    # +1 where a stretch begins, -1 after its end; overlapping ones add up.
    edges = np.zeros((len(rows), width + 1))
    start, end = np.clip(first - begun[place], 0, width), np.clip(last + 1 - begun[place], 0, width)
    np.add.at(edges, (place, start), 1)
    np.add.at(edges, (place, end), -1)
    return np.asarray(np.cumsum(edges[:, :-1], axis=1) > 0)
