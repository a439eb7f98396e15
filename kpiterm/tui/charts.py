"""Charts of text: a waterfall, bars with a target, a band, a strip of days. No line has more cells than asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from rich.cells import cell_len
from textual.content import Content

from kpiterm.tui.draw import BLOCKS, MONTHS, cell, fit, joined

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


def bars(
    values: Sequence[Number | None], mark: Mark | None, ends: tuple[str, str], width: int, height: int
) -> list[Content]:
    """Upright bars, oldest first, with a line where the target is; a gap where a value is missing.

    `ends` are the least and the greatest value in words.
    """
    known = [float(value) for value in values if value is not None] + ([float(mark.level)] if mark else [])
    if not known or width < 20 or height < 2:
        return []
    label = min(max(cell_len(text) for text in (*ends, mark.text if mark else "")) + 1, width // 3)
    low, high = min(0.0, *known), max(known)
    each = max(min((width - label) // max(len(values), 1), 6), 1)
    rows = []
    aim = _row_of(float(mark.level), low, high, height) if mark else None
    for row in range(height - 1, -1, -1):
        name = mark.text if mark and row == aim else ends[1] if row == height - 1 else ends[0] if row == 0 else ""
        line = [(fit(name, label - 1, right=True) + " ", MUTED)]
        for value in values:
            line += _column(value, row, low, high, height, each, aimed=row == aim)
        drawn = Content.assemble(*joined(line))
        rows.append(drawn.truncate(width).pad_right(max(width - drawn.cell_length, 0)))
    return rows


def _column(
    value: Number | None, row: int, low: float, high: float, height: int, width: int, *, aimed: bool
) -> list[tuple[str, str]]:
    """One bar's cells in a row, and the gap after it."""
    empty = ("┄" if aimed else " ", "bold $foreground" if aimed else "")
    if value is None:
        return [(empty[0] * width, empty[1])]
    eighths = round(((float(value) - low) / ((high - low) or 1.0)) * height * 8) - row * 8
    body = max(width - 1, 1)
    gap = [(empty[0] * (width - body), empty[1])] if width > body else []
    if eighths <= 0 and row != 0:
        return [(empty[0] * body, empty[1]), *gap]
    return [(BLOCKS[max(min(eighths, 8), 1) - 1] * body, "$primary"), *gap]


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
            name = MONTHS[day.month - 1]
            if x + len(name) <= places and all(sign == " " for sign in head[max(x - 1, 0) : x + len(name)]):
                head[x : x + len(name)] = name
    for mark in marks:
        start, end = ((day - first).days for day in (mark.day, mark.last or mark.day))
        for x in range(max(int(start / each), 0), min(int(end / each), places - 1) + 1) if end >= 0 else ():
            line[x] = (mark.sign, mark.style)
    rest = " " * (width - places)
    return [Content.styled("".join(head) + rest, MUTED), Content.assemble(*joined(line), rest)]
