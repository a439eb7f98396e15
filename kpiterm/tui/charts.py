"""Charts of text: a waterfall, bars with a target, a band, a strip of days. No line has more cells than asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from rich.cells import cell_len
from textual.content import Content

from kpiterm.tui.draw import BLOCKS, cell, fit, joined
from kpiterm.tui.figures import month

MUTED = "$text-muted"
Number = Decimal | float


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a waterfall: a `total` stands on the axis, a part begins where the one before ended."""

    label: str
    size: Number
    text: str
    total: bool = False
    style: str = ""


def waterfall(steps: Sequence[Step], width: int, label: int | None = None) -> list[Content]:
    """`label        +120   ▐███▌`: one line for each step; without room for bars, the figures alone."""
    figures = max((cell_len(step.text) for step in steps), default=0)
    name = label if label is not None else min(max((cell_len(step.label) for step in steps), default=0) + 4, width // 2)
    name = max(min(name, width - figures - 1), 1)
    room = width - name - figures - 2
    spans = _spans(steps)
    drawn = []
    for step, (start, end) in zip(steps, spans, strict=True):
        head = [
            cell(step.label, name, "bold" if step.total else ""),
            cell(step.text, figures, step.style or ("bold" if step.total else ""), right=True),
        ]
        tail = [Content("  "), _block(step, start, end, spans, room)] if room >= 6 else []
        line = Content.assemble(*head, *tail).truncate(width)
        drawn.append(line.pad_right(max(width - line.cell_length, 0)))
    return drawn


def _spans(steps: Sequence[Step]) -> list[tuple[float, float]]:
    """Where each bar begins and ends."""
    spans, level = [], 0.0
    for step in steps:
        start = 0.0 if step.total else level
        level = start + float(step.size)
        spans.append((start, level))
    return spans


def _block(step: Step, start: float, end: float, spans: Sequence[tuple[float, float]], width: int) -> Content:
    ends = [end for _, end in spans]
    low, high = min(ends), max(ends)
    # Parts that are small beside the totals are seen only on an axis that does not begin at zero.
    low = low - (high - low) * 0.3 if low > (high - low) else min(low, 0.0)
    reach = (high - low) or 1.0
    left, right = sorted((max(start, low), end))
    first = round((left - low) / reach * (width - 1))
    last = max(round((right - low) / reach * (width - 1)), first)
    style = step.style or (MUTED if step.total else "$primary")
    sign = "█" if step.total or end >= start else "▒"
    return Content.assemble(" " * first, (sign * (last - first + 1), style), " " * (width - last - 1))


@dataclass(frozen=True, slots=True)
class Mark:
    """The level of a target on a chart, and how it is written."""

    level: Number
    text: str


def bullet(value: Number, target: Number, most: Number, width: int, style: str = "$primary") -> Content:
    """`━━━━━━━━░░░┃····`: a value on a line from zero to `most`, over the ranges short of the target and beyond."""
    width = max(width, 4)

    def place(number: Number) -> int:
        return round(min(max(float(number) / (float(most) or 1.0), 0.0), 1.0) * (width - 1))

    tip, mark = place(value), place(target)
    cells = [("━", style) if x < tip else ("░", MUTED) if x < mark else ("·", MUTED) for x in range(width)]
    cells[mark] = ("┃", "bold $foreground")
    return Content.assemble(*joined(cells))


Feet = Sequence[tuple[str, str]]
"""What stands under each bar, with its style."""


def bars(
    values: Sequence[Number | None],
    mark: Mark | None,
    ends: tuple[str, str],
    width: int,
    height: int,
    feet: Sequence[Feet] = (),
) -> list[Content]:
    """Upright bars from zero, oldest first, with a line where the target is; a gap where a value is missing.

    `ends` are the least and the greatest value in words; `feet` are lines under the bars, a text for each: names, of
    which some are left out where there is no room for all, then signs.
    """
    known = [float(value) for value in values if value is not None] + ([float(mark.level)] if mark else [])
    if not known or width < 20 or height < 2:
        return []
    label = min(max(cell_len(text) for text in (*ends, mark.text if mark else "")) + 1, width // 3)
    low, high = min(0.0, *known), max(known)
    each = max(min((width - label) // max(len(values), 1), 6), 1)
    rows = []
    aim = _aim(float(mark.level), low, high, height) if mark else None
    for row in range(height - 1, -1, -1):
        name = mark.text if mark and row == aim else ends[1] if row == height - 1 else ends[0] if row == 0 else ""
        line = [(fit(name, label - 1, right=True) + " ", MUTED)]
        for value in values:
            line += _column(value, row, low, high, height, each, aimed=row == aim)
        drawn = Content.assemble(*joined(line))
        rows.append(drawn.truncate(width).pad_right(max(width - drawn.cell_length, 0)))
    for number, foot in enumerate(feet):
        texts = [(fit(text, each), style) for text, style in foot] if number else _names(foot, each)
        drawn = Content.assemble(" " * label, *joined(texts))
        rows.append(drawn.truncate(width).pad_right(max(width - drawn.cell_length, 0)))
    return rows


def _names(names: Feet, each: int) -> list[tuple[str, str]]:
    """Names under bars of so many cells: every one, or every second, third and so on, counted from the newest."""
    longest = max((cell_len(text) for text, _style in names), default=0)
    step = max(-(-(longest + 1) // each), 1)
    last = len(names) - 1
    shown = [(fit(text, each * step), style) for text, style in names[last % step :: step]]
    return [(" " * (last % step * each), ""), *shown]


def _column(
    value: Number | None, row: int, low: float, high: float, height: int, width: int, *, aimed: bool
) -> list[tuple[str, str]]:
    """One bar's cells in a row, and the gap after it."""
    empty = ("┄" if aimed else " ", "bold $foreground" if aimed else "")
    if value is None:
        return [(empty[0] * width, empty[1])]
    body = max(width - 1, 1)
    gap = [(empty[0] * (width - body), empty[1])] if width > body else []
    scale = height / ((high - low) or 1.0)
    zero = min(round(-low * scale), height - 1)
    if row < zero:
        sign = "█" if value < 0 and zero - row <= max(round(-float(value) * scale), 1) else ""
    else:
        eighths = min(round(float(value) * scale * 8), (height - zero) * 8) - (row - zero) * 8
        least = 1 if row == zero and value >= 0 else 0
        sign = BLOCKS[min(max(eighths, least), 8) - 1] if max(eighths, least) > 0 else ""
    return [(sign * body, "$primary"), *gap] if sign else [(empty[0] * body, empty[1]), *gap]


def _aim(level: float, low: float, high: float, height: int) -> int:
    """The row in which a bar of that level ends."""
    scale = height / ((high - low) or 1.0)
    zero = min(round(-low * scale), height - 1)
    return max(0, min(height - 1, zero + int(level * scale) - (level < 0)))


def _row_of(level: float, low: float, high: float, height: int) -> int:
    return max(0, min(height - 1, int((level - low) / ((high - low) or 1.0) * height)))


@dataclass(frozen=True, slots=True)
class Band:
    """A point of a band chart."""

    low: float
    middle: float
    high: float


def band(points: Sequence[Band], width: int, height: int) -> list[Content]:
    """The middle as a line within its band, from zero up to the greatest value; one cell for each of `width` places."""
    if not points or width < 4 or height < 2:
        return []
    top = max(max(point.high for point in points), 1e-9)
    columns = [points[min(x * len(points) // width, len(points) - 1)] for x in range(width)]
    rows = []
    for row in range(height - 1, -1, -1):
        cells = []
        for point in columns:
            low, middle, high = (_row_of(value, 0.0, top, height) for value in (point.low, point.middle, point.high))
            inside = low <= row <= high and point.high > 0
            cells.append(("━", "bold $primary") if row == middle else ("░", MUTED) if inside else (" ", ""))
        rows.append(Content.assemble(*joined(cells)))
    return rows


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day, or days up to `last`, on a strip: one sign for it, and what it means."""

    day: date
    sign: str
    text: str
    style: str = ""
    last: date | None = None


def strip(first: date, days: int, marks: Sequence[DayMark], width: int) -> list[Content]:
    """A line of days with its months above and a sign for each mark, later marks on top; days that do not fit are
    drawn together."""
    width = max(width, 1)
    places = min(width, days)
    each = days / places if places else 1.0
    head, line = [" "] * places, [("·", "$text-disabled")] * places
    for x in range(places):
        day = first + timedelta(days=int(x * each))
        if x == 0 or day.month != (first + timedelta(days=int((x - 1) * each))).month:
            name = month(day)
            end = x + cell_len(name)
            if end <= places and all(sign == " " for sign in head[max(x - 1, 0) : end]):
                head[x:end] = [*name, *[""] * (end - x - len(name))]
    for mark in marks:
        start, end = ((day - first).days for day in (mark.day, mark.last or mark.day))
        for x in range(max(int(start / each), 0), min(int(end / each), places - 1) + 1) if end >= 0 else ():
            line[x] = (mark.sign, mark.style)
    rest = " " * (width - places)
    return [Content.styled("".join(head) + rest, MUTED), Content.assemble(*joined(line), rest)]
