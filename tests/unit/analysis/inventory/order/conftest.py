"""Small cases of the order engine: a few SKUs with simulated demand, and lanes whose lead times are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kpiterm.analysis.inventory.order.case import Arrivals, Buying, Case, Inbound
from kpiterm.analysis.inventory.order.compute import ENDS
from kpiterm.analysis.inventory.order.waterfall import Basis

DRAWS = 64
REVIEW = 7
ORDER_DAYS = np.arange(0, 183, REVIEW)

MakeCase = Callable[..., tuple[Case, Basis]]


def make_case(
    *,
    daily: float = 4,
    on_hand: float = 0,
    lead: float = 40,
    fast: float | None = None,
    inbound: tuple[tuple[float, float], ...] = (),
    rows: int = 1,
    seed: int = 1,
    sure: bool = False,
    closure: tuple[int, int] | None = None,
    **terms: Any,
) -> tuple[Case, Basis]:
    """`rows` SKUs that sell `daily` units; `inbound`, units and the day on which they come; `closure`, first and last
    order day whose orders wait until the day after; `sure`, without chance."""
    demand, days = _demand(daily, rows, seed, sure), _arrivals(lead, fast, seed, sure, closure)
    money = {"margin": 8.0, "rank_loss": 0.0, "cost": 5.0, "storage": 0.1, "aged": 0.5, "premium": 2.0} | terms
    counts = {"moq": 1, "carton": 1} | {key: money.pop(key) for key in ("moq", "carton") if key in money}
    case = Case(
        demand=demand,
        ends=np.array(ENDS),
        on_hand=np.full(rows, float(on_hand)),
        inbound=Inbound(
            row=np.repeat(np.arange(rows), len(inbound)),
            units=np.tile([units for units, _ in inbound], rows).astype(float),
            days=np.tile([[day] * DRAWS for _, day in inbound], (rows, 1)).reshape(-1, DRAWS).astype(np.float32),
        ),
        arrivals=Arrivals(days=days, order_days=ORDER_DAYS),
        buying=Buying(
            lane=np.zeros(rows, dtype=np.int64),
            express=np.full(rows, -1 if fast is None else 1),
            **{key: np.full(rows, value) for key, value in counts.items()},
            **{key: np.full(rows, float(value)) for key, value in money.items()},
        ),
        review=REVIEW,
    )
    level = np.full(rows, daily)
    seasonal = case.demand.mean(axis=1, dtype=np.float64)
    found = Basis(window=30, raw=level * 0.9, shown=level, in_stock=np.full(rows, 27), level=level, seasonal=seasonal)
    return case, found


def _demand(daily: float, rows: int, seed: int, sure: bool) -> Any:
    random = np.random.default_rng(seed)
    width = np.diff(ENDS, prepend=0)
    level = daily * (np.ones((rows, DRAWS, 1)) if sure else random.lognormal(-0.03, 0.25, (rows, DRAWS, 1)))
    units = level * width if sure else random.poisson(level * width)
    return np.cumsum(units, axis=2).astype(np.float32)


def _arrivals(lead: float, fast: float | None, seed: int, sure: bool, closure: tuple[int, int] | None) -> Any:
    random = np.random.default_rng(seed + 1)
    chance = np.ones(DRAWS) if sure else random.lognormal(0, 0.2, DRAWS)
    begin = ORDER_DAYS.astype(float)
    if closure:
        begin = np.where((begin >= closure[0]) & (begin <= closure[1]), closure[1] + 1, begin)
    lanes = [np.ceil(begin[:, None] + days * chance[None, :]) for days in (lead, fast) if days is not None]
    return np.stack(lanes).astype(np.float32)


@pytest.fixture(scope="session")
def case() -> MakeCase:
    return make_case
