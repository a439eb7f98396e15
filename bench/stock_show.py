"""The tables of the simulated warehouses: goals, ours, the rules of the trade and bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bench.stock_measures import TARGETS, catalogues, interval, needed, saved, saving, worst
from bench.stock_world import Result

GOALS = {("sku_fill", 0.95): 36.0, ("unit_fill", 0.98): 60.0}  # days of stock
LESS, CLOSURE_COSTS = 0.30, 0.005  # stock than 3/7/30 at equal fill; share of units that a closure may cost
RULES = ("3/7/30", "3/7/30 in stock")
_LOST_AT, _FEW = 0.98, 3


def show(
    curves: Mapping[str, Sequence[Result]],
    services: Sequence[float],
    closure: Mapping[str, Sequence[float | None]],
    closed_at: tuple[float, float],
) -> None:
    """All of them; `services` are the levels of kpiterm's runs, `closed_at` the level and the fill of the closure."""
    draws = catalogues(len(curves["kpiterm"][0].asked))
    print("days of stock for a fill, and between what they would lie in nine of ten catalogues of such SKUs\n")
    print(_row("", [f"{measure.replace('_', ' ')} {fill:.0%}" for measure, fill in TARGETS]))
    print(_row("goal: at most", [_days(GOALS.get(target)) if target in GOALS else "" for target in TARGETS]))
    for name, results in curves.items():
        cells = [
            f"{_days(needed(results, *target))} ({_span(interval(results, *target, draws))})" for target in TARGETS
        ]
        print(_row(name, cells))
    print(f"\nless stock than the rule at equal fill (goal: {LESS:.0%})")
    for rule in RULES:
        pairs = [
            (saving(curves["kpiterm"], curves[rule], *target), saved(curves["kpiterm"], curves[rule], *target, draws))
            for target in TARGETS
        ]
        print(_row(rule, [f"{_share(one)} ({low:.0%} to {high:.0%})" for one, (low, high) in pairs]))
    lost, asked = worst(curves["kpiterm"][services.index(_LOST_AT)], _FEW)
    print(f"\nAt service level {_LOST_AT:.0%}, {lost:.0%} of what kpiterm loses falls on {_FEW} SKUs ", end="")
    print(f"({asked:.1%} of the units asked for).")
    _closure(closure, closed_at)


def _closure(closure: Mapping[str, Sequence[float | None]], closed_at: tuple[float, float]) -> None:
    service, fill = closed_at
    print(f"\nChinese New Year closure (goal: foreseen, it costs less than {CLOSURE_COSTS:.1%} of units)")
    heads = [f"at service level {service:.0%}", f"at the stock for {fill:.0%}", f"days for {fill:.0%}"]
    print(_row("units served", heads))
    for name, (equal, days, same, needs) in closure.items():
        print(_row(name, [f"{_share(equal, 1)} at {_days(days)}", _share(same, 1), _days(needs)]))


def _row(name: str, cells: Sequence[str]) -> str:
    return f"{name:18}" + "".join(f"{cell:>24}" for cell in cells)


def _days(value: float | None) -> str:
    return "never" if value is None or np.isinf(value) else f"{value:.1f}"


def _span(ends: tuple[float, float]) -> str:
    return " to ".join(_days(end) for end in ends)


def _share(value: float | None, digits: int = 0) -> str:
    return "never" if value is None else f"{value:.{digits}%}"
