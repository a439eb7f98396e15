"""A gauge as lines of text for a given width: a card of two or three, or a single line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from kpiterm.analysis.view import Gauge
from kpiterm.i18n import said
from kpiterm.tui import gauge_text as text
from kpiterm.tui import wrap
from kpiterm.tui.draw import PERIODS, STATES, badge, bar, cell, clean, fit, fresh_cells, freshness, lateness, sparkline
from kpiterm.tui.tongue import _

MUTED = "$text-muted"
STATE, CHANGE, CHANCE, SIDE = 12, 18, 8, 12
"""Cells for `– no data`, `▲ +12.3 pp better`, `99 %` and a channel's `✓ 22.4 %`."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of each column; the name takes what is left."""

    name: int
    value: int
    target: int
    change: int
    weight: int


def columns(width: int) -> Columns:
    """The columns of a line of `width` cells."""
    if width >= 100:
        fixed = 1 + STATE + 14 + 20 + CHANGE + 2 + 12
        return Columns(min(width - fixed - 4, 32), 14, 20, CHANGE + 2, 12)
    weight = 10 if width >= 72 else 0
    return Columns(max(width - 1 - STATE - 12 - 17 - weight, 6), 12, 17, 0, weight)


def card(gauge: Gauge, width: int) -> list[Content]:
    """Value and target, then history and freshness, then why it is missing or not to be trusted."""
    at = columns(width)
    head = Content.assemble(
        badge(gauge.state, STATE, agreed=gauge.target is not None),
        _name(gauge, at.name),
        cell(text.value(gauge, at.value), at.value, "bold", right=True),
        cell(_target(gauge, at.target), at.target),
        _change(gauge, at.change),
        cell(_weight(gauge, at.weight), at.weight, MUTED, right=True),
    )
    body = [] if gauge.value is None else [_history(gauge, width - 1, at)]
    return [head, *body, *_ahead(gauge, width - 1), *_reason(gauge, width - 1)]


def sides(gauges: Sequence[Gauge | None]) -> Content:
    """The channels of a KPI, one column each: state as a symbol, and the value."""
    return Content.assemble(*map(_side, gauges))


def side_heads(channels: Sequence[str]) -> Content:
    """The names over the columns of `sides`."""
    return Content.assemble(*(cell(name, SIDE, MUTED, right=True) for name in channels))


def _side(gauge: Gauge | None) -> Content:
    if gauge is None or gauge.value is None:
        return cell("–", SIDE, MUTED, right=True)
    symbol, _word, style = STATES[gauge.state] if gauge.target else (" ", "", "")
    value = text.value(gauge, SIDE - 3)
    return Content.assemble(cell(symbol, SIDE - 1 - cell_len(value), style, right=True), " ", value)


def _ahead(gauge: Gauge, width: int) -> list[Content]:
    """Where the period will end, and what may still go wrong."""
    left = text.budget(gauge)
    parts = [part for part in (text.outlook(gauge) or "", _(said("budget: {0}", left)) if left else "") if part]
    room = max(width - STATE, 1)
    together = "   ".join(parts)
    told = [together] if together and cell_len(together) <= room else parts
    return [Content.assemble(" " * STATE, cell(part, room, MUTED)) for part in told]


def line(gauge: Gauge, width: int, *, part: bool) -> list[Content]:
    """One line; a `part` (one channel of a KPI) is named by its channel alone."""
    at = columns(width)
    name = _part_name(gauge, at.name) if part else _name(gauge, at.name)
    state = badge(gauge.state, STATE, agreed=gauge.target is not None)
    head = [state, name, cell(text.value(gauge, at.value), at.value, right=True)]
    room = width - 1 - STATE - at.name - at.value
    if gauge.value is None:
        return [Content.assemble(*head, cell("  " + _why(gauge), room, MUTED))]
    tail = [cell(_target(gauge, at.target), at.target), _change(gauge, at.change)]
    if not at.change and at.weight:
        tail.append(cell(_arrow(gauge), at.weight, _change_style(gauge), right=True))
    if at.change:
        tail += _extras(gauge, room - at.target - at.change)
    return [Content.assemble(*head, *tail)]


def _extras(gauge: Gauge, room: int) -> list[Content]:
    """What fits of: the last periods, the chance of the target, the budget that is left, freshness, maturity."""
    late = cell(freshness(gauge), fresh_cells() + 1, _fresh_style(gauge))
    parts = [
        cell(sparkline(gauge.history), PERIODS + 2, MUTED), cell(text.chance(gauge), CHANCE, MUTED),
        cell(text.left(gauge), 24, MUTED), late, cell(_(gauge.maturity), STATE, MUTED),
    ]  # fmt: skip
    shown: list[Content] = []
    for part in parts:
        if part.cell_length <= room:
            shown.append(part)
            room -= part.cell_length
    return shown


def _name(gauge: Gauge, width: int) -> Content:
    named, where = _(gauge.name), text.channel(gauge)
    if gauge.channel == text.WHOLE and cell_len(named) + 6 > width:
        return cell(fit(named, width - 1), width, "bold")
    channel = "  " + fit(where, min(cell_len(where), max(width // 3, 4)))
    name = fit(named, min(cell_len(named), width - cell_len(channel) - 1))
    return _pad(Content.assemble((name, "bold"), (channel, MUTED)), width)


def _part_name(gauge: Gauge, width: int) -> Content:
    return cell(f"  {text.channel(gauge)}  {lateness(gauge) if gauge.value is not None else ''}", width)


def _target(gauge: Gauge, width: int) -> str:
    return fit("  " + text.target(gauge, width - 3), width)


def _weight(gauge: Gauge, width: int) -> str:
    return _(said("weight {0}", f"{gauge.weight.normalize():f}")) if gauge.weight is not None and width else ""


def _change(gauge: Gauge, width: int) -> Content:
    return cell(text.change(gauge), width, _change_style(gauge))


def _change_style(gauge: Gauge) -> str:
    return MUTED if not gauge.change else "$success" if text.improved(gauge) else "$warning"


def _arrow(gauge: Gauge) -> str:
    """The change without its size."""
    if not gauge.change:
        return text.change(gauge)
    return f"{text.arrow(gauge)} {text.verdict(gauge)}"


def _history(gauge: Gauge, width: int, at: Columns) -> Content:
    """Maturity, bar, sparkline, change (where the head has none), freshness."""
    tail = [cell(freshness(gauge), fresh_cells(), _fresh_style(gauge))]
    if not at.change:
        tail.insert(0, _pad(_change(gauge, CHANGE), CHANGE + 1))
    room = width - STATE - sum(part.cell_length for part in tail)
    parts = [cell(_(gauge.maturity), STATE, MUTED)]
    spark = PERIODS + 2 if room >= PERIODS + 2 else 0
    length = min(room - spark - 2, at.name + at.value - 2) if at.change else room - spark - 2
    if length >= 8 and gauge.value is not None:
        style = STATES[gauge.state][2]
        drawn = bar(gauge.value, gauge.target, length, style) if gauge.target else Content(" " * length)
        parts += [drawn, Content("  ")]
    if spark:
        parts.append(cell(sparkline(gauge.history), at.target if at.change else spark, MUTED))
    return Content.assemble(*parts, *tail)


def _fresh_style(gauge: Gauge) -> str:
    return "$warning" if gauge.data_through is None or lateness(gauge) else MUTED


def _reason(gauge: Gauge, width: int) -> list[Content]:
    if not gauge.reason:
        return []
    style = MUTED if gauge.value is None else "$warning"
    wrapped = wrap.wrapped(clean(_why(gauge)), style, max(width - STATE, 10))
    return [Content.assemble(" " * STATE, part) for part in wrapped[:2]]


def _why(gauge: Gauge) -> str:
    """The reason, without the "no data" that the state beside it has said already."""
    return _(gauge.reason).removeprefix(_("no data: {0}").format(""))


def _pad(content: Content, width: int) -> Content:
    return content.pad_right(max(width - content.cell_length, 0))
