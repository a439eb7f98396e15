"""`python -m bench.replenish`: stock that each policy needs for a fill, in one simulated world; ours is the engine.

Lost sales, weekly review, lead time 45 ± 12 days (lognormal), MOQ and cartons on, censored sales fed back.
`--data DIR` has real daily series (train.csv.gz, actuals.csv.gz, meta.csv); without it one is invented.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from bench.stock_policies import Engine, velocity, z_sigma
from bench.stock_world import CARTON, MOQ, Floats, Lead, Policy, Result, World

WARM, SCORED = 84, 126
LATELY = 56  # days before the simulation in which a series must have sold: nobody stocks what is not on sale yet
SERVICES = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.998)
CERTAIN = (0.7, 0.85, 0.94)
BUFFERS = (0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 75.0, 90.0)
Z_VALUES = (0.0, 0.84, 1.28, 1.64, 2.05, 2.33, 3.1)
TARGETS = (("sku_fill", 0.95), ("unit_fill", 0.95), ("unit_fill", 0.98))
CLOSURE_AT = 35  # days after the scored days begin
CLOSURE_SERVICES = (0.5, 0.7, 0.8, 0.95)
CLOSURE_SERVICE = 0.8  # at which fills are compared
CLOSURE_FILL = 0.95  # without a closure; fills are also compared at the stock that it takes


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.replenish", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="daily series")
    parser.add_argument("--series", type=int, default=300, help="how many of them (default 300)")
    parser.add_argument("--half", choices=("choose", "report"), help="series of one half only, told apart by their ids")
    parser.add_argument("--mode", choices=("fast", "full"), default="fast")
    parser.add_argument("--without-lots", action="store_true", help="MOQ 1 and cartons of 1")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    demand, first = real(args.data, args.series, args.half) if args.data else invented(args.series)
    known = demand.shape[1] - WARM - SCORED
    demand = demand[demand[:, known - LATELY : known].sum(axis=1) > 0]
    moq, carton = (1, 1) if args.without_lots else (MOQ, CARTON)

    def world(lead: Lead) -> World:
        return World(demand, known, SCORED, lead, moq, carton)

    engine = partial(Engine, first_day=first, full=args.mode == "full")
    curves = {name: [world(Lead()).run(made()) for made in levels] for name, levels in contenders(engine, demand)}
    closure = closed(world, engine, known + WARM + CLOSURE_AT, curves["kpiterm"])
    if args.json:
        print(json.dumps({"curves": {n: [vars_of(r) for r in c] for n, c in curves.items()}, "closure": closure}))
        return
    show(curves, closure, demand.shape)


def contenders(engine: Callable[..., Policy], demand: Floats) -> Iterator[tuple[str, list[Callable[[], Policy]]]]:
    """Each policy at several levels of caution; made anew for each run."""
    yield "kpiterm", [partial(engine, s, Lead()) for s in SERVICES]
    yield "3/7/30", [partial(velocity, {3: 0.4, 7: 0.4, 30: 0.2}, b) for b in BUFFERS]
    yield "30 days", [partial(velocity, {30: 1.0}, b) for b in BUFFERS]
    yield "z·sigma", [partial(z_sigma, z) for z in Z_VALUES]
    yield "bound", [partial(engine, s, Lead(), told=demand) for s in CERTAIN]


def closed(
    world: Callable[[Lead], World], engine: Callable[..., Policy], day: int, usual: Sequence[Result]
) -> dict[str, list[float | None]]:
    """With a Chinese New Year closure from `day` and without: unit fill at an equal service level, unit fill at the
    stock that CLOSURE_FILL takes without one, days of stock that CLOSURE_FILL takes."""
    lead = Lead(closed=day)
    runs = {"without": [usual[SERVICES.index(service)] for service in CLOSURE_SERVICES]} | {
        name: [world(lead).run(engine(service, known)) for service in CLOSURE_SERVICES]
        for name, known in (("foreseen", lead), ("not foreseen", Lead()))
    }
    stock, place = needed(runs["without"], "unit_fill", CLOSURE_FILL), CLOSURE_SERVICES.index(CLOSURE_SERVICE)
    return {
        name: [
            results[place].unit_fill,
            None if stock is None else filled(results, stock),
            needed(results, "unit_fill", CLOSURE_FILL),
        ]
        for name, results in runs.items()
    }


def filled(results: Sequence[Result], days: float) -> float | None:
    """Unit fill at so many days of stock, between the levels tried; None beyond them."""
    points = sorted((result.days, result.unit_fill) for result in results)
    if not points[0][0] <= days <= points[-1][0]:
        return None
    return float(np.interp(days, [p[0] for p in points], [p[1] for p in points]))


def needed(results: Sequence[Result], measure: str, fill: float) -> float | None:
    """Days of stock at which the fill is reached, between the levels tried; None where no level reaches it."""
    points = sorted((getattr(result, measure), result.days) for result in results)
    if points[-1][0] < fill:
        return None
    return float(np.interp(fill, [p[0] for p in points], [p[1] for p in points]))


def real(folder: Path, count: int, half: str | None = None) -> tuple[Floats, int]:
    """Series without injected stock-outs, their last days appended; and the day of the first column.

    Only series as long as the longest; `half` of them, told apart by a hash of their ids.
    """
    with (folder / "meta.csv").open() as file:
        sound = {row["unique_id"] for row in csv.DictReader(file) if row["stockout_injected"] == "0"}
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for name in ("train.csv.gz", "actuals.csv.gz"):
        with gzip.open(folder / name, "rt") as file:
            for row in csv.DictReader(file):
                if row["unique_id"] in sound:
                    found[row["unique_id"]].append((row["ds"], float(row["y"])))
    longest = max(len(days) for days in found.values())
    chosen = sorted(
        name for name, days in found.items() if len(days) == longest and half in {None, half_of(name)}
    )[:count]  # fmt: skip
    first = (date.fromisoformat(found[chosen[0]][0][0]) - date(1970, 1, 1)).days
    return np.array([[units for _, units in found[name]] for name in chosen]), first


def half_of(name: str) -> str:
    """The half in which ways were chosen, or that which results are reported on."""
    return ("choose", "report")[hashlib.sha256(name.encode()).digest()[0] % 2]


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
    return random.poisson(mean).astype(float), (date(2015, 3, 3) - date(1970, 1, 1)).days


def vars_of(result: Result) -> dict[str, float]:
    """A result as JSON shows it."""
    return {"days": result.days, "unit_fill": result.unit_fill, "sku_fill": result.sku_fill}


def show(curves: dict[str, list[Result]], closure: dict[str, list[float | None]], shape: tuple[int, ...]) -> None:
    """Both tables."""
    print(f"{shape[0]} series, {SCORED} scored days; days of stock needed for\n")
    heads = [f"{measure.replace('_', ' ')} {fill:.0%}" for measure, fill in TARGETS]
    print(f"{'':10}" + "".join(f"{head:>16}" for head in heads))
    for name, results in curves.items():
        cells = [needed(results, measure, fill) for measure, fill in TARGETS]
        print(f"{name:10}" + "".join(f"{'never' if cell is None else f'{cell:.1f}':>16}" for cell in cells))
    print(f"\nChinese New Year closure: unit fill at service level {CLOSURE_SERVICE:.0%}, unit fill at the stock that")
    print(f"{CLOSURE_FILL:.0%} takes without it, days of stock for {CLOSURE_FILL:.0%}")
    for name, values in closure.items():
        texts = ["never" if value is None else f"{value:.1f}" if value > 1 else f"{value:.2%}" for value in values]
        print(f"  {name:20}" + "".join(f"{text:>10}" for text in texts))


if __name__ == "__main__":
    main()
