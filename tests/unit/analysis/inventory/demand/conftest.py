"""Series by hand, and a small shop with weekdays and sizes of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kpiterm.analysis.inventory.demand.panel import Panel

LAST = (date(2026, 11, 21) - date(1970, 1, 1)).days
WEEK = np.array([0.8, 0.8, 0.9, 0.9, 1.0, 1.4, 1.2])
SHOWN, AHEAD = 400, 56

Rows = NDArray[np.float64]


def _panel(units: Sequence[Sequence[float]] | Rows, **changes: Any) -> Panel:
    given = np.array(units, dtype=np.float64)
    rows = len(given)
    parts: dict[str, Any] = {
        "units": given,
        "stock": np.ones(given.shape, dtype=np.bool_),
        "last_day": np.full(rows, LAST),
        "price": np.full(rows, 20.0),
        "pool": np.zeros(rows, dtype=np.int64),
    }
    return Panel(**(parts | changes))


@pytest.fixture(scope="session")
def panel() -> Callable[..., Panel]:
    """A panel from rows of units; what is not given is in stock, of one pool and ends on one day."""
    return _panel


@pytest.fixture(scope="session")
def sold() -> Rows:
    """What 240 series sell on 456 days; levels drift slowly, and the last 56 days are what is to come."""
    random = np.random.default_rng(5)
    days = LAST + AHEAD - np.arange(SHOWN + AHEAD)[::-1]
    level = np.exp(random.normal(0, 1.1, (240, 1)) + np.cumsum(random.normal(0, 0.015, (240, len(days))), axis=1))
    busy = random.gamma(1.5, 1 / 1.5, (240, len(days)))
    return np.asarray(random.poisson(level * WEEK[(days + 3) % 7] * busy), dtype=np.float64)


@pytest.fixture(scope="session")
def shop(sold: Rows) -> Panel:
    """The series of `sold` up to today; every fifth was out of stock for 25 days of late."""
    units, stock = sold[:, :SHOWN].copy(), np.ones((len(sold), SHOWN), dtype=np.bool_)
    stock[::5, -40:-15] = False
    units[~stock] = 0
    return _panel(units, stock=stock)
