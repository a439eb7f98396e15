"""Daily demand for the simulated warehouse: public series from a folder, or invented ones."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np

from bench.stock_world import Bools, Floats

_EPOCH = date(1970, 1, 1)
_NEAR = (7, -7, 14, -14, 21, -21, 28, -28)  # days off, from which a day without stock is filled


def real(folder: Path, count: int, half: str | None = None, *, mended: bool = False) -> tuple[Floats, int]:
    """Series as long as the longest, their last days appended, and the day of the first column.

    `half` of them, told apart by a hash of their ids. Series into which stock-outs were injected are left out, as
    their demand then is not known; `mended`, those days are filled with the same weekday of the nearest week in stock.
    """
    with (folder / "meta.csv").open() as file:
        sound = {row["unique_id"] for row in csv.DictReader(file) if mended or row["stockout_injected"] == "0"}
    found: dict[str, list[tuple[str, float, bool]]] = defaultdict(list)
    for name in ("train.csv.gz", "actuals.csv.gz"):
        with gzip.open(folder / name, "rt") as file:
            for row in csv.DictReader(file):
                if row["unique_id"] in sound:
                    day = row["ds"], float(row["y"]), row.get("in_stock", "1") != "0"
                    found[row["unique_id"]].append(day)
    longest = max(len(days) for days in found.values())
    chosen = sorted(name for name, days in found.items() if len(days) == longest and half in {None, half_of(name)})
    chosen = chosen[:count]
    units = np.array([[sold for _, sold, _ in found[name]] for name in chosen])
    stock = np.array([[shown for _, _, shown in found[name]] for name in chosen])
    return mend(units, stock), (date.fromisoformat(found[chosen[0]][0][0]) - _EPOCH).days


def half_of(name: str) -> str:
    """The half in which ways were chosen, or that which results are reported on."""
    return ("choose", "report")[hashlib.sha256(name.encode()).digest()[0] % 2]


def mend(units: Floats, stock: Bools) -> Floats:
    """The series with days without stock filled: the same weekday of the nearest week that had some, else the mean."""
    whole, days = units.copy(), units.shape[1]
    for row, day in np.argwhere(~stock).tolist():
        near = [day + off for off in _NEAR if 0 <= day + off < days and stock[row, day + off]]
        whole[row, day] = units[row, near[0]] if near else units[row, stock[row]].mean()
    return whole


def invented(count: int) -> tuple[Floats, int]:
    """Levels that wander, weekdays, a season before Christmas, and chance that is wider than Poisson's."""
    random = np.random.default_rng(3)
    days = np.arange(363)
    level = random.lognormal(0, 1.1, (count, 1)) * np.exp(
        np.cumsum(random.normal(0, 0.012, (count, len(days))), axis=1)
    )
    week = 1 + 0.25 * np.sin(2 * np.pi * days / 7)
    season = 1 + 0.3 * np.exp(-(((days - 285) / 25) ** 2))
    mean = level * week * season * random.gamma(3, 1 / 3, level.shape)
    return random.poisson(mean).astype(float), (date(2015, 3, 3) - _EPOCH).days
