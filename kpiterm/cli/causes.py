"""The cause of a change as text: the story, the bridge from before to after, and the lines, in columns that add up."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from decimal import Decimal

from kpiterm.analysis.cause.result import KINDS, Amounts, Cause, Line
from kpiterm.analysis.cause.settle import Row, grid, rounded
from kpiterm.analysis.cause.story import visits_together
from kpiterm.analysis.cause.words import LANGUAGES, cell, counted, factor_of, level, points, value_of
from kpiterm.cli import output

_POINT = Decimal("0.001")
_NARROWEST, _WIDEST, _SHORTEST = 60, 100, 8
_COLUMNS = (
    "traffic", "mix", "conversion", "volume", "price", "cpc", "cvr", "aov", "rate", "unsold", "other", "one_side",
)  # fmt: skip
# A run of Latin text (a number with its unit), or one wide character; punctuation stays with what it belongs to.


def show(cause: Cause, story: Sequence[str], notes: Sequence[str], lang: str) -> None:
    """Print it; the cause is rounded already (`settle.shown`)."""
    cells = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((80, 24)).columns))
    for paragraph in story:
        _say(paragraph, cells)
    output.line()
    _bridge(cause, lang)
    if cause.lines:
        output.line()
        _lines(cause, lang, cells)
    if notes:
        output.line()
    for note in notes:
        _say(note, cells)


def _say(paragraph: str, cells: int) -> None:
    indent = 2 if paragraph.startswith("• ") else 0
    for number, text in enumerate(output.wrapped(paragraph, cells - indent)):
        output.line(f"{' ' * indent if number else ''}{text}")


def _bridge(cause: Cause, lang: str) -> None:
    """From the value before to the value after, part by part, with each factor's own values over all lines."""
    words = LANGUAGES[lang]
    rows = [(words.before, value_of(cause, cause.before), "")]
    order = list(cause.components) or list(cause.parts)
    for name, size in sorted(cause.parts.items(), key=lambda part: order.index(part[0]) if part[0] in order else 0):
        own = " → ".join(level(cause, name, value) for value in cause.levels.get(name, ()))
        rows.append((factor_of(cause, name, words), cell(cause, size), own))
    rows.append((words.after, value_of(cause, cause.after), ""))
    output.table((cause.name, words.point if cause.unit == "ratio" else "", ""), rows, right=(1,))


def _lines(cause: Cause, lang: str, cells: int) -> None:
    """The largest lines, the rest and the sum of all."""
    words, columns = LANGUAGES[lang], _columns(cause)
    told = [(*_label(cause, line, lang), line.change, line.parts, _remark(line, lang)) for line in cause.lines]
    if cause.rest:
        told.append((words.rest.format(cause.rest.lines), "", cause.rest.change, cause.rest.parts, ""))
    told.append((words.total, "", cause.change, cause.parts, ""))
    growth = _growth(cause)
    body = [
        [cell(cause, change), *growth[number : number + 1], *_cells(cause, parts, columns)]
        for number, (_, _, change, parts, _) in enumerate(told)
    ]
    header = [words.by[cause.by][1].strip(), words.heads["change"], *([words.heads["growth"]] if growth else [])]
    header += [cause.components.get(column) or words.heads[column] for column in columns]
    room = cells - sum(2 + max(map(output.width, column)) for column in zip(header[1:], *body, strict=True))
    rows = []
    for (name, channel, _, _, remark), amounts in zip(told, body, strict=True):
        rows.append([_cut(name, channel, room), *amounts])
        if remark:
            rows.append([f"  {remark}", *[""] * len(amounts)])
    output.table(header, rows, right=range(1, len(header)))


def _growth(cause: Cause) -> list[str]:
    """Each row's share of the growth in points, the rest's and that of all included; none where it is no growth."""
    if cause.growth is None:
        return []
    rows = [Row(line.change / cause.before, {"other": line.change / cause.before}) for line in cause.lines]
    total = rounded(cause.growth, _POINT)
    whole = Row(total, {"other": total})
    fitted = grid(whole, rows, has_rest=cause.rest is not None, quantum=_POINT)
    found = [*fitted.rows, *([fitted.rest] if fitted.rest is not None else []), {"other": total}]
    return [points(row.get("other", Decimal(0))) for row in found]


def _columns(cause: Cause) -> list[str]:
    """The factors that any row has; visits and their mix are one column, lines of one side another."""
    rows: list[Amounts] = [line.parts for line in cause.lines] + ([cause.rest.parts] if cause.rest else [])
    found = {name for row in rows for name in _merged(row)}
    return [name for name in (*cause.components, *_COLUMNS) if name in found]


def _merged(parts: Amounts) -> dict[str, Decimal]:
    together = visits_together(parts)
    sides = [together.pop(kind) for kind in KINDS if kind in together]
    return {**together, "one_side": sum(sides, Decimal(0))} if sides else together


def _cells(cause: Cause, parts: Amounts, columns: Sequence[str]) -> list[str]:
    together = _merged(parts)
    return [cell(cause, together[column]) if column in together else "" for column in columns]


def _remark(line: Line, lang: str) -> str:
    words = LANGUAGES[lang]
    if line.out.after:
        return words.days_out.format(counted(line.out.after, lang))
    return words.kinds.get(line.kind, "")


def _label(cause: Cause, line: Line, lang: str) -> tuple[str, str]:
    """A line's name, and its channel where that is not clear."""
    if cause.by == "channel":
        return line.channel, ""
    name = line.name if line.key is not None else LANGUAGES[lang].no_key[cause.by]
    return name, "" if cause.channel else line.channel


def _cut(name: str, channel: str, cells: int) -> str:
    """Name and channel in so many cells; it is the name that is cut."""
    tail = f" {channel}" if channel else ""
    while output.width(name + tail) > cells and output.width(name) > _SHORTEST:
        name = name.removesuffix("…")[:-1] + "…"
    return name + tail
