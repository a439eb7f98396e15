"""`python -m bench.replenish`: stock that each policy needs for a fill, in one simulated world; ours is the engine.

Lost sales, weekly review, lead time 45 ± 12 days (lognormal), MOQ and cartons on, censored sales fed back, every policy
begun at its own par. `--data DIR` has real daily series (train.csv.gz, actuals.csv.gz, meta.csv); without it one is
invented.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from bench.stock_data import invented, real
from bench.stock_measures import filled, needed
from bench.stock_policies import Engine, velocity, z_sigma
from bench.stock_show import show
from bench.stock_world import CARTON, MOQ, Floats, Lead, Policy, Result, World

WARM, SCORED = 84, 126
LATELY = 56  # days before the simulation in which a series must have sold: nobody stocks what is not on sale yet
SERVICES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.998)
CERTAIN = (0.7, 0.85, 0.94)
BUFFERS = (0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 75.0, 90.0, 120.0, 150.0, 200.0)
Z_VALUES = (0.0, 0.84, 1.28, 1.64, 2.05, 2.33, 3.1)
RULE = {3: 0.4, 7: 0.4, 30: 0.2}
CLOSURE_AT = 35  # days after the scored days begin
CLOSURE_SERVICES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
CLOSURE_SERVICE = 0.9  # at which fills are compared
CLOSURE_FILL = 0.95  # without a closure; fills are also compared at the stock that it takes

Worlds = Callable[..., World]


def main() -> None:
    args = _arguments()
    demand, first = real(args.data, args.series, args.half, mended=args.mended) if args.data else invented(args.series)
    known = demand.shape[1] - WARM - SCORED
    demand = demand[demand[:, known - LATELY : known].sum(axis=1) > 0]
    lots = (1, 1) if args.without_lots else (MOQ, CARTON)
    world = partial(World, demand, known, SCORED, moq=lots[0], carton=lots[1], seed=args.seed)
    engine = partial(Engine, first_day=first, full=args.mode == "full")
    curves = {name: [world(Lead()).run(made()) for made in levels] for name, levels in contenders(engine)}
    curves |= bounds(world, engine, demand)
    closure = closed(world, engine, known + WARM + CLOSURE_AT, curves["kpiterm"])
    if args.json:
        print(json.dumps({"curves": {n: [vars_of(r) for r in c] for n, c in curves.items()}, "closure": closure}))
        return
    print(f"{len(demand)} series, {SCORED} scored days")
    show(curves, SERVICES, closure, (CLOSURE_SERVICE, CLOSURE_FILL))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.replenish", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="daily series")
    parser.add_argument("--series", type=int, default=300, help="how many of them (default 300)")
    parser.add_argument("--half", choices=("choose", "report"), help="series of one half only, told apart by their ids")
    parser.add_argument(
        "--mended", action="store_true", help="also series with injected stock-outs, filled from the weeks around"
    )
    parser.add_argument("--mode", choices=("fast", "full"), default="fast")
    parser.add_argument("--without-lots", action="store_true", help="MOQ 1 and cartons of 1")
    parser.add_argument("--seed", type=int, default=0, help="of the lead times' luck (default 0)")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def contenders(engine: Callable[..., Policy]) -> Iterator[tuple[str, list[Callable[[], Policy]]]]:
    """Each policy at several levels of caution; made anew for each run."""
    yield "kpiterm", [partial(engine, s, Lead()) for s in SERVICES]
    yield "3/7/30", [partial(velocity, RULE, b) for b in BUFFERS]
    yield "3/7/30 in stock", [partial(velocity, RULE, b, masked=True) for b in BUFFERS]
    yield "30 days", [partial(velocity, {30: 1.0}, b) for b in BUFFERS]
    yield "z·sigma", [partial(z_sigma, z) for z in Z_VALUES]


def bounds(world: Worlds, engine: Callable[..., Policy], demand: Floats) -> dict[str, list[Result]]:
    """What would be needed if less were unknown: sales that were lost, and all demand to come."""
    return {
        "lost sales seen": [world(Lead(), censored=False).run(engine(s, Lead())) for s in SERVICES[1:]],
        "all demand known": [world(Lead()).run(engine(s, Lead(), told=demand)) for s in CERTAIN],
    }


def closed(
    world: Worlds, engine: Callable[..., Policy], day: int, usual: Sequence[Result]
) -> dict[str, list[float | None]]:
    """With a Chinese New Year closure from `day` and without: unit fill and days of stock at an equal service level,
    unit fill at the stock that CLOSURE_FILL takes without one, days of stock that CLOSURE_FILL takes."""
    lead = Lead(closed=day)
    runs: Mapping[str, list[Result]] = {"without": [usual[SERVICES.index(service)] for service in CLOSURE_SERVICES]} | {
        name: [world(lead).run(engine(service, known)) for service in CLOSURE_SERVICES]
        for name, known in (("foreseen", lead), ("not foreseen", Lead()))
    }
    stock, place = needed(runs["without"], "unit_fill", CLOSURE_FILL), CLOSURE_SERVICES.index(CLOSURE_SERVICE)
    return {
        name: [
            results[place].unit_fill,
            results[place].days,
            None if stock is None else filled(results, stock),
            needed(results, "unit_fill", CLOSURE_FILL),
        ]
        for name, results in runs.items()
    }


def vars_of(result: Result) -> dict[str, float]:
    """A result as JSON shows it."""
    return {"days": result.days, "unit_fill": result.unit_fill, "sku_fill": result.sku_fill}


if __name__ == "__main__":
    main()
