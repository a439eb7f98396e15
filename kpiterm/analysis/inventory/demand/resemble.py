"""What a young series resembles: an older product that people name, else its parent's other variations."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.inventory.demand.events import Texts
from kpiterm.analysis.inventory.supply.model import Supply
from kpiterm.analysis.pacing.arrays import Bools, Floats, Ints, ratio

YOUNG = 60  # days after which a series speaks for itself
_RAMP = 90  # days in which a new product comes up to the one that it is like; it begins at half of it


def resembled(
    account: Texts, sku: Texts, parent: Texts, age: Ints, rate: Floats, supply: Supply
) -> tuple[Floats, Texts]:
    """Units a day of what each young series resembles (NaN where nothing is known), and what its level rests on.

    That is 'own', 'analogue', 'parent' or 'pool'. `age` in days, `rate` units a day lately.
    """
    young = age < YOUNG
    alike, basis = np.full(len(sku), np.nan), np.where(young, "pool", "own").astype(object)
    siblings = _siblings(account, parent, ~young, rate)
    related = young & np.isfinite(siblings)
    alike[related], basis[related] = siblings[related], "parent"
    rates = _rates(account, sku, rate)
    for row in np.flatnonzero(young).tolist():
        terms = supply.terms_of(account[row], sku[row])
        if terms and terms.analogue and (older := rates.get((account[row], terms.analogue))) is not None:
            alike[row], basis[row] = older * (0.5 + 0.5 * min(age[row] / _RAMP, 1)), "analogue"
    return alike, basis


def _siblings(account: Texts, parent: Texts, grown: Bools, rate: Floats) -> Floats:
    """The mean rate of the grown series of each series' parent, NaN where there are none."""
    _, family = np.unique(np.array([f"{a}\0{p}" for a, p in zip(account, parent, strict=True)]), return_inverse=True)
    weight = grown.astype(np.float64)
    count = np.bincount(family, weight).astype(np.float64)
    mean = np.where(count > 0, ratio(np.bincount(family, rate * weight).astype(np.float64), count), np.nan)
    return np.asarray(np.where(parent != "", mean[family], np.nan))


def _rates(account: Texts, sku: Texts, rate: Floats) -> dict[tuple[str, str], float]:
    """The largest of the rates that an account's SKU has on its channels."""
    found: dict[tuple[str, str], float] = {}
    for key, units in zip(zip(account, sku, strict=True), rate.tolist(), strict=True):
        found[key] = max(units, found.get(key, 0.0))
    return found
