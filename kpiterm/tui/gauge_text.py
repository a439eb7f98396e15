"""What a gauge says, in words: value, target, change, which one is better."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

from rich.cells import cell_len

from kpiterm.analysis.format import compact_value, format_change, format_target, format_value
from kpiterm.analysis.view import Gauge

WHOLE = "all"
"""The channel of a gauge over all channels."""


def value(gauge: Gauge, width: int = 99) -> str:
    """`26.0 %`, `$412,000`; in its compact form where `width` asks for it."""
    full = amount(gauge, gauge.value)
    return full if cell_len(full) <= width else compact_value(gauge.value, gauge.unit, gauge.currency)


def amount(gauge: Gauge, number: Decimal | None) -> str:
    """`number` in the gauge's unit and currency."""
    return format_value(number, gauge.unit, gauge.currency)


def target(gauge: Gauge, width: int = 99) -> str:
    """`target ≤ 28 %`, compact where `width` asks for it; `no target`."""
    if gauge.target is None:
        return "no target"
    full = f"target {format_target(gauge.target, gauge.unit, gauge.currency)}"
    if cell_len(full) <= width:
        return full
    sign = full.split()[1]
    return f"target {sign} {compact_value(gauge.target.value, gauge.unit, gauge.currency)}"


def change(gauge: Gauge) -> str:
    """`▲ +3.1 pp better`: how far the value is from the period before, and whether that is good."""
    if gauge.change is None:
        return ""
    if gauge.change == 0:
        return "= unchanged"
    arrow = "▲" if gauge.change > 0 else "▼"
    return f"{arrow} {_distance(gauge, gauge.change)} {'better' if improved(gauge) else 'worse'}"


def outlook(gauge: Gauge) -> str | None:
    """`18.2 % by 30 Nov (14.4 % to 23.5 %), target met: 85 %`: where the period will end; None where that is open."""
    ahead = gauge.projection
    if ahead is None:
        return None
    low, high = amount(gauge, ahead.low), amount(gauge, ahead.high)
    chance = f", target met: {ahead.p_hit * 100:.0f} %" if ahead.p_hit is not None else ""
    return f"{amount(gauge, ahead.value)} at the end, four times in five {low} to {high}{chance}"


def improved(gauge: Gauge) -> bool:
    """Whether the change goes in the gauge's good direction."""
    return gauge.change is not None and (gauge.change > 0) == (gauge.direction == "up")


def _distance(gauge: Gauge, change: Decimal) -> str:
    if gauge.unit not in ("money", "count"):
        return format_change(change, gauge.unit)
    return f"{'−' if change < 0 else '+'}{compact_value(abs(change), gauge.unit, gauge.currency)}"


def in_order(gauges: Iterable[Gauge]) -> list[Gauge]:
    """Contract KPIs first, the heaviest first; the channels of a KPI under its whole."""
    listed = list(gauges)
    first = {gauge.id: place for place, gauge in reversed(list(enumerate(listed)))}
    weights = {
        key: max((gauge.weight or Decimal(0)) for gauge in group)
        for key, group in groupby(sorted(listed, key=lambda gauge: gauge.id), key=lambda gauge: gauge.id)
    }
    return sorted(listed, key=lambda gauge: (-weights[gauge.id], first[gauge.id], gauge.channel != WHOLE))


def parts(gauges: Iterable[Gauge]) -> set[tuple[str, str]]:
    """Keys of the gauges that are one channel of a KPI whose whole is on the board too."""
    listed = list(gauges)
    wholes = {gauge.id for gauge in listed if gauge.channel == WHOLE}
    return {key(gauge) for gauge in listed if gauge.id in wholes and gauge.channel != WHOLE}


def key(gauge: Gauge) -> tuple[str, str]:
    """What tells a gauge from the others of a board."""
    return gauge.id, gauge.channel
