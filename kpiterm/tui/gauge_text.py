"""What a gauge says, in words: value, target, change, which one is better."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

from rich.cells import cell_len

from kpiterm.analysis.view import Gauge
from kpiterm.i18n import listing, said
from kpiterm.tui.figures import compact_value, format_change, format_target, format_value
from kpiterm.tui.tongue import _

WHOLE = "all"
"""The channel of a gauge over all channels."""


def channel(gauge: Gauge) -> str:
    """Its channel; of a gauge over all of them that it is."""
    return channel_name(gauge.channel)


def channel_name(channel: str) -> str:
    """A channel in the language that is spoken: only `all` is a word."""
    return _("all") if channel == WHOLE else channel


def copied(gauge: Gauge) -> str:
    """The gauge on one line, for the clipboard."""
    return "  ".join((_(gauge.name), channel(gauge), value(gauge), target(gauge)))


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
        return _("no target")
    sign, _blank, exact = format_target(gauge.target, gauge.unit, gauge.currency).partition(" ")
    full = _(said("target {0} {1}", sign, exact))
    if cell_len(full) <= width:
        return full
    return _(said("target {0} {1}", sign, compact_value(gauge.target.value, gauge.unit, gauge.currency)))


def change(gauge: Gauge) -> str:
    """`▲ +3.1 pp better`: how far the value is from the period before, and whether that is good."""
    if gauge.change is None:
        return ""
    if gauge.change == 0:
        return _("= unchanged")
    return f"{arrow(gauge)} {_distance(gauge, gauge.change)} {verdict(gauge)}"


def arrow(gauge: Gauge) -> str:
    """Up or down; `=` where nothing changed."""
    return "▲" if (gauge.change or 0) > 0 else "▼" if gauge.change else "="


def verdict(gauge: Gauge) -> str:
    """Whether the change is a good one, in a word."""
    return _("better") if improved(gauge) else _("worse")


def outlook(gauge: Gauge) -> str | None:
    """`18.2 % by 30 Nov (14.4 % to 23.5 %), target met: 85 %`: where the period will end; None where that is open."""
    ahead = gauge.projection
    if ahead is None:
        return None
    low, high = amount(gauge, ahead.low), amount(gauge, ahead.high)
    where = said("{0} at the end, four times in five {1} to {2}", amount(gauge, ahead.value), low, high)
    if ahead.p_hit is None:
        return _(where)
    chance = said("target met: {0} %", f"{ahead.p_hit * 100:.0f}")
    return _(listing([where, chance]))


def chance(gauge: Gauge) -> str:
    """`99 %`: how likely the target is met at the period's end; nothing where that is open."""
    ahead = gauge.projection
    return "" if ahead is None or ahead.p_hit is None else _(said("{0} %", f"{ahead.p_hit * 100:.0f}"))


def left(gauge: Gauge) -> str:
    """`6 of 19 left`: how much may still go wrong before the target is missed; nothing where nothing is counted."""
    have = gauge.budget
    if have is None:
        return ""
    unit = "money" if gauge.currency else "count"
    allowed = format_value(have.allowed, unit, gauge.currency)
    if have.left < 0:
        return _(said("{0} over {1}", format_value(-have.left, unit, gauge.currency), allowed))
    return _(said("{0} of {1} left", format_value(have.left, unit, gauge.currency), allowed))


def budget(gauge: Gauge) -> str:
    """The same, and for how long that lasts."""
    have = gauge.budget
    if have is None or have.days_left is None or have.left <= 0:
        return left(gauge)
    pace = said("for {0} days at this pace", f"{have.days_left:.0f}")
    return _(listing([left(gauge), pace]))


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
