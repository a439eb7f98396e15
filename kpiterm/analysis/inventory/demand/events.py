"""Days that are not normal: the marketplaces' sales, people's own events, and what each brings to a series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from kpiterm.analysis.inventory.demand import uplift
from kpiterm.analysis.inventory.demand.dates import Events
from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.inventory.demand.uplift import Pooled
from kpiterm.analysis.inventory.supply.model import Event
from kpiterm.analysis.pacing.arrays import Bools, Floats
from kpiterm.config.toml import Section, read_toml

Texts = NDArray[np.object_]

_EPOCH, _DAY = date(1970, 1, 1), timedelta(days=1)
_YEARS = range(2015, 2051)
_SPAN = r"\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A marketplace's sale, both days included; `channels` is how its channels begin; `expected`: not announced."""

    id: str
    name: Mapping[str, str]
    channels: str
    first: date
    last: date
    expected: bool

    @property
    def days(self) -> range:
        """Days since 1970-01-01."""
        return _days(self.first, self.last)


@cache
def sales() -> tuple[Sale, ...]:
    """All that are known, by date."""
    with as_file(files("kpiterm.analysis.inventory.demand") / "events.toml") as file:
        found = [sale for id_, section in read_toml(file).sections() for sale in _read(id_, section)]
    return tuple(sorted(found, key=lambda sale: (sale.first, sale.id)))


def learn(panel: Panel, channel: Texts) -> dict[str, Pooled]:
    """What the past days of each kind of sale brought to each pool; `panel` and `channel` are series to learn from."""
    return {id_: uplift.pooled(panel.take(mine), _days_of(id_)) for id_, mine in _kinds(channel).items() if mine.any()}


def factors(
    panel: Panel, channel: Texts, sku: Texts, learned: Mapping[str, Pooled], manual: Sequence[Event], until: int
) -> Events:
    """By day, past and to come up to `until`, how many times a normal day it is for each series of `panel`.

    People's own factors stand before what was learned.
    """
    first = int(panel.last_day.min()) - panel.units.shape[1] + 1
    found: dict[int, Floats] = {}
    for id_, mine in _kinds(channel).items():
        days = [day for day in _days_of(id_) if first <= day <= until]
        if not days or id_ not in learned:
            continue
        times = np.ones(len(mine))
        times[mine] = uplift.learned(panel.take(mine), days, learned[id_])
        found |= {day: times * found.get(day, 1.0) for day in days}
    for event in manual:
        named = _named(event, channel, sku)
        for day in _days(event.first, event.last):
            if first <= day <= until:
                found[day] = np.where(named, float(event.uplift), found.get(day, np.ones(len(sku))))
    return found


def _read(id_: str, section: Section) -> Iterator[Sale]:
    names = section.table("name")
    name = {lang: names.text(lang) for lang in ("en", "zh")}
    channels = section.text("channels", pattern="[a-z.]*")
    spans = {key: section.texts(key, pattern=_SPAN) for key in ("days", "expected")}
    section.finish()
    for key, spoken in spans.items():
        for first, last in (map(date.fromisoformat, span.split("..")) for span in spoken):
            yield Sale(id=id_, name=name, channels=channels, first=first, last=last, expected=key == "expected")
    for year in _YEARS if id_ == "bfcm" else ():
        friday = _black_friday(year)
        yield Sale(id=id_, name=name, channels=channels, first=friday, last=friday + 3 * _DAY, expected=False)


def _black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + ((3 - first.weekday()) % 7 + 22) * _DAY


def _days(first: date, last: date) -> range:
    return range((first - _EPOCH).days, (last - _EPOCH).days + 1)


@cache
def _days_of(id_: str) -> tuple[int, ...]:
    return tuple(day for sale in sales() if sale.id == id_ for day in sale.days)


def _kinds(channel: Texts) -> dict[str, Bools]:
    """By kind of sale, which series take part."""
    begins = {sale.id: sale.channels for sale in sales()}
    return {id_: np.array([name.startswith(text) for name in channel], dtype=bool) for id_, text in begins.items()}


def _named(event: Event, channel: Texts, sku: Texts) -> Bools:
    """Which series a person's event is of."""
    named = np.isin(sku, event.skus) if event.skus else np.ones(len(sku), dtype=bool)
    return np.asarray(named & np.isin(channel, event.channels) if event.channels else named)
