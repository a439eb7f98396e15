"""A gauge as lines of text for a given width: a card of two or three, or a single line."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from kpiterm.analysis.view import Gauge
from kpiterm.tui import gauge_text as text
from kpiterm.tui.draw import PERIODS, STATES, badge, bar, cell, clean, fit, freshness, lateness, sparkline

MUTED = "$text-muted"
STATE, CHANGE, FRESH = 12, 18, 19
"""Cells for `– no data`, `▲ +12.3 pp better` and `to 19 Nov, 12 d late`."""


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
        return Columns(min(width - fixed, 48), 14, 20, CHANGE + 2, 12)
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
    return [head, *body, *_reason(gauge, width - 1)]


def line(gauge: Gauge, width: int, *, part: bool) -> list[Content]:
    """One line; a `part` (one channel of a KPI) is named by its channel alone."""
    at = columns(width)
    name = _part_name(gauge, at.name) if part else _name(gauge, at.name)
    state = badge(gauge.state, STATE, agreed=gauge.target is not None)
    head = [state, name, cell(text.value(gauge, at.value), at.value, right=True)]
    room = width - 1 - STATE - at.name - at.value
    if gauge.value is None:
        return [Content.assemble(*head, cell("  " + (gauge.reason or "").removeprefix("no data: "), room, MUTED))]
    tail = [cell(_target(gauge, at.target), at.target), _change(gauge, at.change)]
    if not at.change and at.weight:
        tail.append(cell(_arrow(gauge), at.weight, _change_style(gauge), right=True))
    spare = room - at.target - at.change
    if at.change and spare > PERIODS:
        tail.append(cell(sparkline(gauge.history), spare, MUTED, right=False))
    return [Content.assemble(*head, *tail)]


def _name(gauge: Gauge, width: int) -> Content:
    if gauge.channel == text.WHOLE and cell_len(gauge.name) + 6 > width:
        return cell(fit(gauge.name, width - 1), width, "bold")
    channel = "  " + fit(gauge.channel, min(cell_len(gauge.channel), max(width // 3, 4)))
    name = fit(gauge.name, min(cell_len(gauge.name), width - cell_len(channel) - 1))
    return _pad(Content.assemble((name, "bold"), (channel, MUTED)), width)


def _part_name(gauge: Gauge, width: int) -> Content:
    return cell(f"  {gauge.channel}  {lateness(gauge) if gauge.value is not None else ''}", width)


def _target(gauge: Gauge, width: int) -> str:
    return fit("  " + text.target(gauge, width - 3), width)


def _weight(gauge: Gauge, width: int) -> str:
    return f"weight {gauge.weight.normalize():f}" if gauge.weight is not None and width else ""


def _change(gauge: Gauge, width: int) -> Content:
    return cell(text.change(gauge), width, _change_style(gauge))


def _change_style(gauge: Gauge) -> str:
    return MUTED if not gauge.change else "$success" if text.improved(gauge) else "$warning"


def _arrow(gauge: Gauge) -> str:
    """The change without its size."""
    words = text.change(gauge).split()
    return f"{words[0]} {words[-1]}" if words else ""


def _history(gauge: Gauge, width: int, at: Columns) -> Content:
    """Maturity, bar, sparkline, change (where the head has none), freshness."""
    tail = [cell(freshness(gauge), FRESH, _fresh_style(gauge))]
    if not at.change:
        tail.insert(0, _pad(_change(gauge, CHANGE), CHANGE + 1))
    room = width - STATE - sum(part.cell_length for part in tail)
    parts = [cell(gauge.maturity, STATE, MUTED)]
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
    # The state beside it has said "no data" already.
    reason = clean(gauge.reason).removeprefix("no data: ")
    wrapped = Content.styled(reason, style).wrap(max(width - STATE, 10))
    return [Content.assemble(" " * STATE, part) for part in wrapped[:2]]


def _pad(content: Content, width: int) -> Content:
    return content.pad_right(max(width - content.cell_length, 0))
