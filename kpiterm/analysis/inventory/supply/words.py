"""The short texts of people's files: spreads, tiers, seasons and lists."""

from __future__ import annotations

import re
from decimal import Decimal

from kpiterm.analysis.inventory.supply.model import Spread, Tier

SPREAD = r"\d{1,3}(\.\d{1,2})?\s*/\s*\d{1,3}(\.\d{1,2})?"
SPREAD_LIKE = 'the median and the 90th percentile in days, such as "25/35"'
TIERS_LIKE = 'a unit cost, such as "3.20", or steps of units and cost, such as "500:3.20;1000:2.95"'
_TIER = re.compile(r"(\d+)\s*[:：]\s*(\d+(?:\.\d{1,4})?)")
_NUMBER = re.compile(r"\d+(\.\d{1,4})?")


def spread(text: str) -> Spread | None:
    """`25/35`; None where it is no such pair, or falls."""
    if not re.fullmatch(SPREAD, text.strip()):
        return None
    median, high = (float(part) for part in text.split("/"))
    return Spread(p50=median, p90=high) if median <= high else None


def tiers(text: str) -> tuple[Tier, ...] | None:
    """`3.20` or `500:3.20;1000:2.95`, ascending; None where it is neither or a step is there twice."""
    if _NUMBER.fullmatch(text.strip()):
        return (Tier(least=1, unit_cost=Decimal(text.strip())),)
    found = [_TIER.fullmatch(part.strip()) for part in re.split("[;；]", text) if part.strip()]
    if not found or not all(found):
        return None
    steps = sorted((int(match[1]), Decimal(match[2])) for match in found if match)
    if len({least for least, _ in steps}) < len(steps):
        return None
    return tuple(Tier(least=least, unit_cost=cost) for least, cost in steps)


def tiers_text(found: tuple[Tier, ...]) -> str:
    """As `tiers` reads it."""
    if len(found) == 1 and found[0].least == 1:
        return str(found[0].unit_cost)
    return ";".join(f"{tier.least}:{tier.unit_cost}" for tier in found)


def spread_text(found: Spread) -> str:
    """As `spread` reads it."""
    return f"{found.p50:g}/{found.p90:g}"


def listed(text: str | None) -> tuple[str, ...]:
    """The parts of a list with semicolons."""
    return tuple(part.strip() for part in re.split("[;；]", text or "") if part.strip())
