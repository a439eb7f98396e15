"""Text that draws: cells of exact width, bars, sparklines, ages. Widths count terminal cells, so 中文 takes four."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from kpiterm.analysis.view import AccountStatus, Gauge, State, Target
from kpiterm.i18n import N_, said
from kpiterm.tui.figures import day, day_cells
from kpiterm.tui.tongue import _

BLOCKS = "▁▂▃▄▅▆▇█"
PERIODS = 13
"""How many periods a sparkline shows."""

STATES: dict[State, tuple[str, str, str]] = {
    "breach": ("✗", N_("breach"), "bold $error"),
    "watch": ("!", N_("watch"), "bold $warning"),
    "ok": ("✓", N_("ok"), "$success"),
    "no_data": ("–", N_("no data"), "$text-muted"),
}
"""Symbol, word and style of each state, the gravest first."""

ACCOUNT_STATES: dict[AccountStatus | str, tuple[str, str, str]] = {
    "ok": ("✓", N_("ok"), "$success"),
    "partial": ("!", N_("in part"), "bold $warning"),
    "failed": ("✗", N_("failed"), "bold $error"),
    "skipped": ("–", N_("skipped"), "$text-muted"),
    "never": ("–", N_("never"), "$text-muted"),
}

_CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], " ")


def clean(text: str) -> str:
    """`text` without control characters: what a server or a file said must not steer the terminal."""
    return text.translate(_CONTROLS)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells, cut with … where it is longer."""
    text = clean(text)
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    return " " * (width - size) + text if right else text + " " * (width - size)


def cell(text: str, width: int, style: str = "", *, right: bool = False) -> Content:
    """`fit` with a style."""
    return Content.styled(fit(text, width, right=right), style)


def badge(state: State, width: int, *, agreed: bool = True) -> Content:
    """`✗ breach`: the state as symbol, word and colour; nothing for a value of which nothing was agreed."""
    symbol, word, style = STATES[state]
    return cell(f"{symbol} {_(word)}" if agreed or state != "ok" else "", width, style)


def sparkline(history: Sequence[Decimal | None], periods: int = PERIODS) -> str:
    """The last `periods` values between their own least and greatest, a gap where one is missing."""
    shown = [None] * (periods - len(history)) + list(history[-periods:])
    known = [value for value in shown if value is not None]
    if not known:
        return " " * periods
    low, high = min(known), max(known)
    return "".join(" " if value is None else _block(value, low, high) for value in shown)


def _block(value: Decimal, low: Decimal, high: Decimal) -> str:
    if high == low:
        return BLOCKS[3]
    return BLOCKS[min(7, int((value - low) / (high - low) * 8))]


def bar(value: Decimal, target: Target, width: int, style: str) -> Content:
    """`━━━━━━┃───`: the value on a line from zero, with a mark where the target is."""
    low, high = min(Decimal(0), value, target.value), max(Decimal(0), value, target.value)
    room = (high - low) / 8
    low, high = low - (room if low < 0 else 0), high + room

    def place(point: Decimal) -> int:
        return int((point - low) / (high - low) * (width - 1)) if high > low else 0

    tip, mark = place(value), place(target.value)
    if value > target.value:
        tip = max(tip, mark + 2)  # by however little the mark is passed, the line is seen to pass it
    elif value < target.value:
        tip = min(tip, mark - (value < 0))
    start, stop = sorted((place(Decimal(0)), tip))
    cells = [("━", style) if start <= x < max(stop, start + 1) else ("─", "$text-disabled") for x in range(width)]
    cells[mark] = ("┃", "bold $foreground")
    return Content.assemble(*joined(cells))


def joined(cells: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbours of one style joined: every change of style costs bytes on the line."""
    runs: list[tuple[str, str]] = []
    for text, style in cells:
        if runs and runs[-1][1] == style:
            runs[-1] = (runs[-1][0] + text, style)
        else:
            runs.append((text, style))
    return runs


def age(moment: datetime, now: datetime) -> str:
    """`3 min ago`: coarse on purpose, it changes once a minute at most. `moment` is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    minutes = int((now - aware).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _(said("{0} min ago", minutes))
    if minutes < 48 * 60:
        return _(said("{0} h ago", minutes // 60))
    return _(said("{0} days ago", minutes // 1440))


def freshness(gauge: Gauge) -> str:
    """`to 19 Nov, 2 d late`: the last day that has data, and how far the period has gone beyond it."""
    if gauge.data_through is None:
        return _("no data yet")
    behind = _behind(gauge)
    reach = day(gauge.data_through)
    return _(said("to {0}, {1} d late", reach, behind) if behind > 0 else said("to {0}", reach))


def fresh_cells() -> int:
    """Cells of a freshness that is a few days late."""
    return cell_len(_(said("to {0}, {1} d late", " " * day_cells(), 9)))


def lateness(gauge: Gauge) -> str:
    """`2 d late`, or nothing."""
    behind = _behind(gauge)
    return _(said("{0} d late", behind)) if behind > 0 else ""


def _behind(gauge: Gauge) -> int:
    return (gauge.period.through - gauge.data_through).days if gauge.data_through else 0


def marked(parts: Sequence[Content], chosen: bool) -> list[Content]:
    """Lines with a gutter that tells the chosen item without colour."""
    gutter = Content.styled("▌" if chosen else " ", "$primary")
    return [gutter + part for part in parts]
