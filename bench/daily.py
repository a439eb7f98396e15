"""Shops day by day, to back-date projections on: invented ones of many kinds, and real ones from a folder."""

from __future__ import annotations

import csv
import gzip
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cells = dict[tuple[date, int], float]

KINDS = ("steady", "growing", "seasonal", "bursty", "intermittent", "drifting", "weekend")
MONTHS = (6, 9, 14, 24)
ELAPSED = (3, 10, 20)
FEW = (5, 8, 13, 20, 27)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A shop's days [days, series] to the end of a period, to be judged from the day `through`.

    `ratios` are pairs of series that a ratio KPI divides.
    """

    kind: str
    first_day: date
    start: date
    through: date
    end: date
    days: Floats
    ratios: tuple[tuple[int, int], ...]


def simulated(rounds: int) -> Iterator[Case]:
    """Every kind of shop with every length of history and every day of the month, `rounds` times, each shop once."""
    for number, (kind, months, elapsed, seed) in enumerate(product(KINDS, MONTHS, ELAPSED, range(rounds))):
        generator = np.random.default_rng([2026, number])
        month = int(generator.integers(1, 13))
        end = date(2025, month, monthrange(2025, month)[1])
        first_day = end - timedelta(days=round(months * 30.44) + seed % 5)
        days = _shop(kind, first_day, end, generator)
        start, through = end.replace(day=1), end.replace(day=elapsed)
        yield Case(
            kind=kind, first_day=first_day, start=start, through=through, end=end, days=days, ratios=((1, 0), (3, 2))
        )


def first_weeks(rounds: int) -> Iterator[Case]:
    """The same shops, as if they had begun only a few days or weeks ago."""
    for number, case in enumerate(simulated(rounds)):
        known = max(FEW[number % len(FEW)], case.through.day)
        first_day = case.through - timedelta(days=known - 1)
        yield replace(case, first_day=first_day, days=case.days[(first_day - case.first_day).days :])


def _shop(kind: str, first_day: date, end: date, generator: np.random.Generator) -> Floats:
    """Sessions, orders, sales and ad spend."""
    demand = _demand(kind, first_day, end, generator)
    count = len(demand)
    sessions = generator.poisson(demand * generator.uniform(8, 20) * np.exp(generator.normal(0, 0.05, count)))
    orders = generator.poisson(demand * generator.gamma(50, 0.02, count))
    basket = generator.uniform(15, 60) * np.exp(generator.normal(0, 0.7, count) / np.sqrt(np.maximum(orders, 1)))
    sales = orders * basket
    if kind == "bursty":
        bulk = generator.random(count) < 1 / 200
        sales = sales + bulk * sales.mean() * generator.uniform(5, 25, count)
    clicks = generator.poisson(demand * generator.uniform(1, 4) * np.exp(generator.normal(0, 0.1, count)))
    bid = generator.uniform(0.4, 1.5) * np.exp(np.cumsum(generator.normal(0, 0.01, count)))
    return np.stack([sessions, orders, sales, clicks * bid], axis=1).astype(float)


def _demand(kind: str, first_day: date, end: date, generator: np.random.Generator) -> Floats:
    """Orders to be expected a day: level × trend and drift × season × weekday × bursts × a little memory."""
    count = (end - first_day).days + 1
    index = np.arange(count)
    size = generator.uniform(0.2, 3) if kind == "intermittent" else generator.lognormal(np.log(60), 0.8)
    growth = generator.normal(0.07, 0.03) if kind == "growing" else generator.normal(0, 0.02)
    steps = generator.normal(0, 0.05 if kind == "drifting" else 0.015, count) / np.sqrt(7)
    season = _season(first_day, index, generator) if kind == "seasonal" else 0
    level = np.exp(growth * index / 30.44 + np.cumsum(steps) + season)
    memory = np.zeros(count)
    for day, shock in enumerate(generator.normal(0, 0.1, count)):
        memory[day] = 0.4 * memory[day - 1] + shock
    weekday = (first_day.weekday() + index) % 7
    bursts = _bursts(count, generator) if kind in {"bursty", "intermittent", "drifting"} else 1
    return np.asarray(
        size * level / level[-60:].mean() * _week(kind, generator)[weekday] * bursts * np.exp(memory), dtype=np.float64
    )


def _week(kind: str, generator: np.random.Generator) -> Floats:
    week = np.exp(generator.normal(0, 0.12, 7))
    if kind == "weekend":
        week[5:] *= (0.25, 0.02)
    return np.asarray(week / week.mean())


def _season(first_day: date, index: NDArray[np.int64], generator: np.random.Generator) -> Floats:
    day = (first_day.timetuple().tm_yday + index) % 365.25
    wave = generator.uniform(0.1, 0.35) * np.cos(2 * np.pi * (day - generator.uniform(0, 365)) / 365.25)
    return np.asarray(wave + generator.uniform(0.2, 0.7) * np.exp(-0.5 * ((day - 345) / 18) ** 2))


def _bursts(count: int, generator: np.random.Generator) -> Floats:
    """Promotions that nobody announced, and days without enough stock."""
    factor = np.ones(count)
    for begin in np.flatnonzero(generator.random(count) < 1 / 40):
        factor[begin : begin + generator.integers(2, 6)] = generator.uniform(1.5, 3.5)
    for begin in np.flatnonzero(generator.random(count) < 1 / 120):
        factor[begin : begin + generator.integers(3, 12)] = generator.uniform(0.1, 0.5)
    return factor


def real(folder: Path) -> Iterator[Case]:
    """Baskets of real products, a marketplace, and an account's business report, as far as the folder has them."""
    if (folder / "demand").is_dir():
        yield from _baskets(folder / "demand")
    if (folder / "public_olist").is_dir():
        yield from _months("marketplace", *_table(_marketplace(folder / "public_olist")), ((1, 0),))
    for path in sorted((folder / "amazon_jp").glob("07BusinessReport*.csv")):
        first_day, days = _table(_business_report(path))
        end = first_day + timedelta(days=len(days) - 1)
        yield from _cases("business report", first_day, days, end, ((1, 0),))


def _baskets(folder: Path) -> Iterator[Case]:
    generator = np.random.default_rng(2026)
    with (folder / "meta.csv").open() as file:
        prices = {
            row["unique_id"]: float(row["price"]) for row in csv.DictReader(file) if row["stockout_injected"] == "0"
        }
    sold: dict[str, Cells] = defaultdict(dict)
    for name in ("train", "actuals"):
        with gzip.open(folder / f"{name}.csv.gz", "rt") as file:
            for row in csv.DictReader(file):
                units = float(row["y"])
                cells = sold[row["unique_id"]]
                cells[date.fromisoformat(row["ds"]), 0] = units
                cells[date.fromisoformat(row["ds"]), 1] = units * prices.get(row["unique_id"], 0)
    for panel, size, _ in product("mo", (3, 10, 40, 150), range(6)):
        among = sorted(name for name in prices if name.startswith(panel))
        basket: Cells = defaultdict(float)
        for name in generator.choice(among, size, replace=False):
            for cell, value in sold[name].items():
                basket[cell] += value
        kind = {"m": "grocer", "o": "gift shop"}[panel]
        yield from _months(f"{kind}, {size} products", *_table(basket), ((1, 0),))


def _marketplace(folder: Path) -> Cells:
    with (folder / "olist_order_items_dataset.csv").open() as file:
        amounts = [(row["order_id"], float(row["price"])) for row in csv.DictReader(file)]
    with (folder / "olist_orders_dataset.csv").open() as file:
        bought = {
            row["order_id"]: date.fromisoformat(row["order_purchase_timestamp"][:10]) for row in csv.DictReader(file)
        }
    cells: Cells = defaultdict(float)
    for order, price in amounts:
        if order in bought and bought[order].year == 2017:
            cells[bought[order], 0] += 1
            cells[bought[order], 1] += price
    return cells


def _business_report(path: Path) -> Cells:
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))[1:]
    cells: Cells = {}
    for row in rows:
        for series, column in enumerate((13, 3)):  # sessions, units ordered
            cells[date(*map(int, row[0].split("/"))), series] = float(row[column].replace(",", ""))
    return cells


def _table(cells: Cells) -> tuple[date, Floats]:
    first_day, last = min(cells)[0], max(cells)[0]
    days = np.zeros(((last - first_day).days + 1, 2))
    for (day, series), value in cells.items():
        days[(day - first_day).days, series] = value
    return first_day, days


def _months(kind: str, first_day: date, days: Floats, ratios: tuple[tuple[int, int], ...]) -> Iterator[Case]:
    """Every whole month that has two months before it."""
    last = first_day + timedelta(days=len(days) - 1)
    for number in range(2, 60):
        year, month = divmod(first_day.year * 12 + first_day.month - 1 + number, 12)
        end = date(year, month + 1, monthrange(year, month + 1)[1])
        if end <= last:
            yield from _cases(kind, first_day, days, end, ratios)


def _cases(kind: str, first_day: date, days: Floats, end: date, ratios: tuple[tuple[int, int], ...]) -> Iterator[Case]:
    known = days[: (end - first_day).days + 1]
    for elapsed in ELAPSED:
        start, through = end.replace(day=1), end.replace(day=elapsed)
        yield Case(kind=kind, first_day=first_day, start=start, through=through, end=end, days=known, ratios=ratios)
