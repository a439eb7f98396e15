"""Jungle Scout allows 300 calls a minute and 15 at once, of whatever kind: the two kinds of paths share that between
them, so that both at full speed, bursts included, stay within a minute's 300."""

from __future__ import annotations

from kpiterm.plugins import Rate

RATES = (
    Rate(operation="keywords", match="* /api/keywords/*", per_second=2.35, burst=7),
    Rate(operation="market", match="* /api/*", per_second=2.35, burst=8),
)
