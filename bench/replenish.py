"""`python -m bench.replenish`: stock that each policy needs for a fill, in one simulated world; ours is the engine.

Lost sales, weekly review, lead time 45 ± 12 days (lognormal), MOQ and cartons on, censored sales fed back.
`--data DIR` has real daily series (train.csv.gz, actuals.csv.gz, meta.csv); without it one is invented.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from bench.stock_policies import Engine, velocity, z_sigma
from bench.stock_world import Floats, Lead, Policy, Result, World

WARM, SCORED = 84, 126
SERVICES = (0.6, 0.75, 0.85, 0.92, 0.96, 0.98, 0.995)
BUFFERS = (0.0, 10.0, 20.0, 35.0, 50.0, 70.0, 90.0)
Z_VALUES = (0.0, 0.84, 1.28, 1.64, 2.05, 2.33, 3.1)
TARGETS = (("sku_fill", 0.95), ("unit_fill", 0.95), ("unit_fill", 0.98))
CLOSURE_AT = 35  # days after the scored days begin
CLOSURE_SERVICE = 0.9


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.replenish", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="daily series")
    parser.add_argument("--series", type=int, default=300, help="how many of them (default 300)")
    parser.add_argument("--mode", choices=("fast", "full"), default="fast")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    demand, first = real(args.data, args.series) if args.data else invented(args.series)
    known = demand.shape[1] - WARM - SCORED
    curves = {name: curve(demand, known, policies) for name, policies in contenders(first, args.mode == "full")}
    closure = closed(demand, known, first, args.mode == "full")
    if args.json:
        print(json.dumps({"curves": {n: [vars_of(r) for r in c] for n, c in curves.items()}, "closure": closure}))
        return
    show(curves, closure, demand.shape)


def contenders(first: int, full: bool) -> Iterator[tuple[str, Sequence[Callable[[], Policy]]]]:
    """Each policy at several levels of caution; made anew for each run."""
    yield "kpiterm", [lambda s=s: Engine(s, Lead(), first, full) for s in SERVICES]  # type: ignore[misc]
    yield "3/7/30", [lambda b=b: velocity({3: 0.4, 7: 0.4, 30: 0.2}, b) for b in BUFFERS]  # type: ignore[misc]
    yield "30 days", [lambda b=b: velocity({30: 1.0}, b) for b in BUFFERS]  # type: ignore[misc]
    yield "z·sigma", [lambda z=z: z_sigma(z) for z in Z_VALUES]  # type: ignore[misc]


def curve(demand: Floats, known: int, policies: Sequence[Callable[[], Policy]]) -> list[Result]:
    """What each level of caution comes to."""
    return [World(demand, known, SCORED, Lead()).run(made()) for made in policies]


def closed(demand: Floats, known: int, first: int, full: bool) -> dict[str, float]:
    """Unit fill of the engine in a world with a Chinese New Year closure, and in the same without one."""
    lead = Lead(closed=known + WARM + CLOSURE_AT)
    runs = {
        "without": World(demand, known, SCORED, Lead()).run(Engine(CLOSURE_SERVICE, Lead(), first, full)),
        "with, foreseen": World(demand, known, SCORED, lead).run(Engine(CLOSURE_SERVICE, lead, first, full)),
        "with, not foreseen": World(demand, known, SCORED, lead).run(Engine(CLOSURE_SERVICE, Lead(), first, full)),
    }
    return {name: result.unit_fill for name, result in runs.items()}


def needed(results: Sequence[Result], measure: str, fill: float) -> float | None:
    """Days of stock at which the fill is reached, between the levels tried; None where no level reaches it."""
    points = sorted((getattr(result, measure), result.days) for result in results)
    if points[-1][0] < fill:
        return None
    return float(np.interp(fill, [p[0] for p in points], [p[1] for p in points]))


def real(folder: Path, count: int) -> tuple[Floats, int]:
    """Series without injected stock-outs, their last days appended; and the day of the first column."""
    with (folder / "meta.csv").open() as file:
        sound = {row["unique_id"] for row in csv.DictReader(file) if row["stockout_injected"] == "0"}
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for name in ("train.csv.gz", "actuals.csv.gz"):
        with gzip.open(folder / name, "rt") as file:
            for row in csv.DictReader(file):
                if row["unique_id"] in sound:
                    found[row["unique_id"]].append((row["ds"], float(row["y"])))
    longest = max(len(days) for days in found.values())
    chosen = sorted(name for name, days in found.items() if len(days) == longest)[:count]
    first = (date.fromisoformat(found[chosen[0]][0][0]) - date(1970, 1, 1)).days
    return np.array([[units for _, units in found[name]] for name in chosen]), first


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


def show(curves: dict[str, list[Result]], closure: dict[str, float], shape: tuple[int, ...]) -> None:
    """Both tables."""
    print(f"{shape[0]} series, {SCORED} scored days; days of stock needed for\n")
    heads = [f"{measure.replace('_', ' ')} {fill:.0%}" for measure, fill in TARGETS]
    print(f"{'':10}" + "".join(f"{head:>16}" for head in heads))
    for name, results in curves.items():
        cells = [needed(results, measure, fill) for measure, fill in TARGETS]
        print(f"{name:10}" + "".join(f"{'never' if cell is None else f'{cell:.1f}':>16}" for cell in cells))
    print(f"\nunit fill at service level {CLOSURE_SERVICE:.0%}, Chinese New Year closure")
    for name, fill in closure.items():
        print(f"  {name:20}{fill:8.2%}")


if __name__ == "__main__":
    main()
