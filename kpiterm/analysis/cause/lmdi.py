"""Exact parts of a change: the logarithmic mean Divisia index, and rules for what has no logarithm.

Every function returns the parts of one line, factor to amount; they sum to the line's change. What is left by
floating point goes to the largest part.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum, log, log1p
from typing import NamedTuple

Parts = dict[str, float]
Pair = tuple[float, float]  # before, after


class Sold(NamedTuple):
    """What a line sold on one side of the comparison; `visits` is 0 where they are not known."""

    sales: float
    units: float
    visits: float = 0.0


class Advertised(NamedTuple):
    """What a line of advertising cost and brought on one side of the comparison."""

    spend: float
    sales: float
    clicks: float
    orders: float


def log_mean(a: float, b: float) -> float:
    """The logarithmic mean of two positive numbers: (a - b) / ln(a / b), and a where they are equal."""
    low, high = min(a, b), max(a, b)
    grown = (high - low) / low
    return low * grown / log1p(grown) if grown else a


def product(factors: Mapping[str, Pair], change: float) -> Parts:
    """Parts of the change of a product of positive factors; `change` is that of the product, as the caller knows it."""
    before = after = 1.0
    for old, new in factors.values():
        before, after = before * old, after * new
    weight = log_mean(after, before)
    return closed({name: weight * log(new / old) for name, (old, new) in factors.items()}, change)


def closed(parts: Parts, change: float) -> Parts:
    """The same parts, the largest of them corrected so that they sum to `change`."""
    largest = max(parts, key=lambda name: abs(parts[name]))
    parts[largest] += change - fsum(parts.values())
    return parts


def sales_parts(before: Sold, after: Sold, visits: Pair) -> Parts:
    """Visits x conversion x price, of a line that may have sold on both sides; `visits` are those of all lines.

    traffic: all lines together were visited more; mix: a larger share of the visits came to this line. Where visits
    are not known: volume (units) x price. Where one side sold nothing, the other factors have no effect in the limit,
    so that all of it is conversion, or volume.
    """
    change = after.sales - before.sales
    if not change and before == after:
        return {}
    seen = before.visits > 0 and after.visits > 0
    if before.sales > 0 and after.sales > 0 and before.units > 0 and after.units > 0:
        price = before.sales / before.units, after.sales / after.units
        if not seen:
            return product({"volume": (before.units, after.units), "price": price}, change)
        factors = {
            "traffic": visits,
            "mix": (before.visits / visits[0], after.visits / visits[1]),
            "conversion": (before.units / before.visits, after.units / after.visits),
            "price": price,
        }
        return product(factors, change)
    if not (before.sales or before.units) or not (after.sales or after.units):
        return {"conversion" if seen else "volume": change}
    return {"other": change}


def acos_parts(before: Advertised, after: Advertised, sales: Pair, average: float) -> Parts:
    """A line's part in the change of ACoS = Σ spend / Σ sales; `sales` are those of all lines.

    Spend over all sales is share x CPC / (CVR x AOV). The mix is told against the `average` ACoS: that a line with a
    higher one sells more raises the total. What is taken off for that sums to nothing over all lines, as shares do.
    """
    share = before.sales / sales[0], after.sales / sales[1]
    cost = before.spend / sales[0], after.spend / sales[1]
    level = average * (share[1] - share[0])
    change = cost[1] - cost[0] - level
    if not before.spend or not after.spend:
        return {"new" if after.spend else "lost" if before.spend else "mix": change} if change else {}
    if min(before) > 0 and min(after) > 0:
        parts = product(
            {
                "mix": share,
                "cpc": (before.spend / before.clicks, after.spend / after.clicks),
                "cvr": (before.clicks / before.orders, after.clicks / after.orders),
                "aov": (before.orders / before.sales, after.orders / after.sales),
            },
            cost[1] - cost[0],
        )
        return closed({**parts, "mix": parts["mix"] - level}, change)
    if not before.sales or not after.sales:
        return {"unsold": change}
    return midpoint(share, (before.spend / before.sales, after.spend / after.sales), average, change)


def ratio_parts(above: Pair, below: Pair, totals: Pair, average: float) -> Parts:
    """A line's part in the change of Σ above / Σ below: its own rate, and the mix as for ACoS; zeros are welcome."""
    share = below[0] / totals[0], below[1] / totals[1]
    change = above[1] / totals[1] - above[0] / totals[0] - average * (share[1] - share[0])
    if not change and above[0] == above[1] and below[0] == below[1]:
        return {}
    if not (above[0] or below[0]):
        return {"new": change}
    if not (above[1] or below[1]):
        return {"lost": change}
    if not below[0] or not below[1]:
        return {"other": change}
    return midpoint(share, (above[0] / below[0], above[1] / below[1]), average, change)


def midpoint(share: Pair, rate: Pair, average: float, change: float) -> Parts:
    """Share x rate without logarithms: each moved at the mean of the other, which is exact for two factors."""
    own = (share[0] + share[1]) / 2 * (rate[1] - rate[0])
    return closed({"rate": own, "mix": ((rate[0] + rate[1]) / 2 - average) * (share[1] - share[0])}, change)
