"""Charts as small SVG drawings: no script, no font of their own, readable in grey and in print."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

GOOD, WATCH, BAD, BASE, FAINT = "#1b7f5c", "#b7791f", "#b3382c", "#35608f", "#c8ced6"
TONES = {"good": GOOD, "watch": WATCH, "bad": BAD, "plain": BASE, "faint": FAINT}


class Bar(NamedTuple):
    """One bar: its label, value, text and tone; a waterfall's total stands on the ground."""

    label: str
    value: float | None
    text: str
    tone: str = "plain"
    total: bool = False


def sparkline(values: Sequence[float | None], tone: str = "plain") -> str:
    """The course of a figure in the size of a word; a missing value leaves a gap."""
    width, height, pad = 108, 22, 3
    known = [v for v in values if v is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    step = (width - 2 * pad) / max(1, len(values) - 1)

    def at(place: int, value: float) -> tuple[float, float]:
        share = 0.5 if high == low else (value - low) / (high - low)
        return pad + place * step, height - pad - share * (height - 2 * pad)

    points = [at(i, v) if v is not None else None for i, v in enumerate(values)]
    lines = "".join(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in run)}"/>' for run in _runs(points))
    last = next(p for p in reversed(points) if p)
    dot = f'<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="2.4" fill="{TONES[tone]}"/>'
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
        f'<g fill="none" stroke="{BASE}" stroke-width="1.4">{lines}</g>{dot}</svg>'
    )


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run if len(run) > 1 else [run[0], run[0]] for run in runs if run]


def bars(items: Sequence[Bar], *, mark: tuple[float, str] | None = None, title: str) -> str:
    """Upright bars over time, with a line where the target lies."""
    width, height, top, foot, side = 720, 190, 18, 26, 8
    margin = 92 if mark else side  # room for what the line means
    values = [item.value for item in items if item.value is not None] + ([mark[0]] if mark else [])
    low, high = min([0.0, *values]), max([0.0, *values])
    scale = (height - top - foot) / ((high - low) or 1)
    slot = (width - side - margin) / max(1, len(items))

    def y(value: float) -> float:
        return top + (high - value) * scale

    parts = [f'<line x1="{side}" x2="{width - margin}" y1="{y(0):.1f}" y2="{y(0):.1f}" stroke="{FAINT}"/>']
    for place, item in enumerate(items):
        middle = side + (place + 0.5) * slot
        if item.value is not None:
            size = max(1.0, abs(item.value) * scale)
            parts.append(
                f'<rect x="{middle - slot * 0.32:.1f}" y="{min(y(item.value), y(0)):.1f}" width="{slot * 0.64:.1f}" '
                f'height="{size:.1f}" fill="{TONES[item.tone]}"/>'
            )
            above = min(y(item.value), y(0)) - 4
            parts.append(_text(middle, above, item.text, "middle", 10))
        parts.append(_text(middle, height - 8, item.label, "middle", 10, "#5a6472"))
    if mark:
        parts.append(
            f'<line x1="{side}" x2="{width - margin}" y1="{y(mark[0]):.1f}" y2="{y(mark[0]):.1f}" '
            f'stroke="{BAD}" stroke-dasharray="5 4"/>'
        )
        parts.append(_text(width - margin + 4, y(mark[0]) + 3, mark[1], "start", 10, BAD))
    return _svg(width, height, title, parts)


def waterfall(items: Sequence[Bar], *, title: str) -> str:
    """From a first total by rises and falls to a last one, one line each, so that long names stay readable."""
    width, row, label, number, side = 720, 24, 230, 110, 8
    spans, level = [], 0.0
    for item in items:
        value = item.value or 0.0
        before = 0.0 if item.total else level
        level = value if item.total else level + value
        spans.append((before, level))
    ends = [0.0, *(end for span in spans for end in span)]
    low, high = _window(items, spans, min(ends), max(ends))
    scale = (width - label - number - 2 * side) / ((high - low) or 1)

    def x(value: float) -> float:
        return side + label + (min(max(value, low), high) - low) * scale

    parts = []
    for place, (item, (start, end)) in enumerate(zip(items, spans, strict=True)):
        middle = place * row + row / 2
        left, right = sorted((x(start), x(end)))
        parts.append(_text(side, middle + 4, item.label, "start", 12))
        parts.append(
            f'<rect x="{left:.1f}" y="{middle - 8:.1f}" width="{max(1.5, right - left):.1f}" height="16" '
            f'fill="{TONES[item.tone]}"/>'
        )
        parts.append(_text(width - side, middle + 4, item.text, "end", 12))
        if place:
            edge = x(spans[place - 1][1])
            parts.append(
                f'<line x1="{edge:.1f}" x2="{edge:.1f}" y1="{middle - row + 8:.1f}" y2="{middle - 8:.1f}" '
                f'stroke="{FAINT}"/>'
            )
    return _svg(width, row * len(items), title, parts)


def _window(items: Sequence[Bar], spans: Sequence[tuple[float, float]], low: float, high: float) -> tuple[float, float]:
    """Where the steps are small beside the totals, the axis begins near the steps: their sizes are what matters."""
    steps = [end for item, span in zip(items, spans, strict=True) if not item.total for end in span]
    if not steps or min(steps) <= 0:
        return low, high
    room = (max(steps) - min(steps)) or abs(high) or 1.0
    return max(0.0, min(steps) - room), high


def _text(x: float, y: float, text: str, anchor: str, size: int, fill: str = "#1c2430") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'
    )


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title, quote=True)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
