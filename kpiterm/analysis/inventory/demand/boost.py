"""Quantiles of sums by gradient boosting over past moments of all pools (LightGBM, the optional extra `forecast`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from kpiterm.analysis.inventory.demand.panel import QUANTILES
from kpiterm.analysis.pacing.arrays import Floats
from kpiterm.errors import UsageError

_ROWS = 120_000
_TREES = 100
_LEAST = 1000  # moments with a sum: from fewer, trees learn nothing that holds
_HALF = 0.5  # of a usual sale, added to both sides of the ratio that is learnt, so that zero has a logarithm
_SETTINGS = {
    "objective": "quantile",
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "max_bin": 63,
    "num_threads": 1,  # the same trees whatever the machine, and no threads that wait for one another
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True, slots=True)
class Sums:
    """Past moments with a sum of each: `expected`, `scale` of what it may differ by, `unit` of its pool, `looks`
    [rows, columns] that trees may ask about, and what `came` (NaN where that is to be told)."""

    expected: Floats
    scale: Floats
    unit: Floats
    looks: Floats
    came: Floats


def looks(days: int, expected: Floats, scale: Floats, unit: float, traits: Floats, detail: Floats) -> Floats:
    """The columns that trees may ask about."""
    ours = (
        np.full(len(expected), np.log(days)),
        np.log(expected / unit + 0.1),
        np.log(scale / (expected + unit)),
    )
    return np.concatenate([np.stack(ours, axis=1), traits[:, 1:], detail], axis=1)


@dataclass(frozen=True, slots=True)
class Boost:
    """One booster for each of QUANTILES."""

    boosters: tuple[Any, ...]

    def of(self, sums: Sums) -> Floats:
        """Quantiles of the sums, [rows, 4]."""
        logs = [booster.predict(sums.looks, num_threads=1) for booster in self.boosters]
        floor = _HALF * sums.unit
        quantiles = [np.exp(log) * (sums.expected + floor) - floor for log in logs]
        return np.asarray(np.maximum.accumulate(np.maximum(np.stack(quantiles, axis=1), 0), axis=1))


def require() -> Any:  # noqa: ANN401 - LightGBM carries no types
    """The library, or an error that says how to get it."""
    try:
        return import_module("lightgbm")
    except ImportError as missing:
        raise UsageError(
            "--mode full needs LightGBM, which is not installed", hint="pip install 'kpiterm[forecast]'"
        ) from missing
    except OSError as broken:  # its wheel needs the OpenMP runtime of the system
        raise UsageError(
            f"LightGBM cannot be loaded: {broken}",
            hint="install the OpenMP runtime (apt install libgomp1, brew install libomp), or use --mode fast",
        ) from broken


def learn(parts: Sequence[Sums], seed: int) -> Boost | None:
    """Boosters for the logarithm of what came over what was expected; None from too little. Steady ones weigh more."""
    library = require()
    joined = Sums(*(np.concatenate([getattr(part, name) for part in parts]) for name in Sums.__slots__))
    rows = np.flatnonzero(np.isfinite(joined.came))
    if len(rows) < _LEAST:
        return None
    if len(rows) > _ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, _ROWS, replace=False))
    sums = Sums(*(getattr(joined, name)[rows] for name in Sums.__slots__))
    floor = _HALF * sums.unit
    target = np.log((sums.came + floor) / (sums.expected + floor))
    weight = (sums.expected + sums.unit) / sums.scale
    data = library.Dataset(
        sums.looks,
        target,
        weight=weight,
        params={name: _SETTINGS[name] for name in ("max_bin", "num_threads", "verbosity")},
        free_raw_data=False,
    )
    settings = {**_SETTINGS, "seed": seed}
    return Boost(tuple(library.train({**settings, "alpha": share}, data, _TREES) for share in QUANTILES))
