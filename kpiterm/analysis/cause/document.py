"""A cause as JSON: exact amounts as texts, under the keys that scripts read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from kpiterm.analysis.cause.result import Amounts, Cause, Line
from kpiterm.analysis.format import plain
from kpiterm.analysis.view import Span

_PLACES = Decimal("0.000001")


def cause_json(cause: Cause, story: Sequence[str], notes: Sequence[str]) -> dict[str, Any]:
    """What `kpiterm kpi explain --json` answers, without its version."""
    rest = cause.rest
    return {
        "kpi": cause.kpi,
        "name": cause.name,
        "unit": cause.unit,
        "ratio": cause.is_ratio,
        "currency": cause.currency,
        "by": cause.by,
        "channel": cause.channel,
        "period": _span(cause.period),
        "against": _span(cause.against),
        "before": plain(cause.before),
        "after": plain(cause.after),
        "change": plain(cause.change),
        "growth": None if cause.growth is None else plain(cause.growth.quantize(_PLACES)),
        "parts": _parts(cause.parts),
        "levels": {name: [plain(value.quantize(_PLACES)) for value in pair] for name, pair in cause.levels.items()},
        "lines": [_line(cause, line) for line in cause.lines],
        "rest": {"lines": rest.lines, "change": plain(rest.change), "parts": _parts(rest.parts)} if rest else None,
        "rises": {"lines": cause.risen, "change": plain(cause.rises)},
        "falls": {"lines": cause.fallen, "change": plain(cause.falls)},
        "out_of_stock": {
            "lines": cause.out,
            "change": plain(cause.out_change),
            "lost_units": plain(round(cause.out_lost, 1)),
        },
        "kinds": dict(cause.counts),
        "story": list(story),
        "notes": list(notes),
    }


def _line(cause: Cause, line: Line) -> dict[str, Any]:
    points = line.change / cause.before if cause.growth is not None else None
    return {
        "channel": line.channel,
        "key": line.key,
        "name": line.name,
        "title": line.title,
        "kind": line.kind,
        "before": _value(line.before),
        "after": _value(line.after),
        "change": plain(line.change),
        "growth": None if points is None else plain(points.quantize(_PLACES)),
        "parts": _parts(line.parts),
        "days_out": {"before": line.out.before, "after": line.out.after},
        "out_of_stock": _outage(line) if line.out.after else None,
        "prices": None if line.prices is None else [plain(round(price, 4)) for price in line.prices],
    }


def _outage(line: Line) -> dict[str, str | None]:
    """The first and the last day of the period without stock, and about how many units that cost."""
    lost = line.out.lost
    return {
        "first": f"{line.out.first}",
        "last": f"{line.out.last}",
        "lost_units": None if lost is None else plain(round(lost, 1)),
    }


def _parts(parts: Amounts) -> dict[str, str]:
    return {name: plain(amount) for name, amount in parts.items()}


def _value(value: Decimal | None) -> str | None:
    return None if value is None else plain(round(value, 12))


def _span(span: Span) -> dict[str, str]:
    return {"start": f"{span.start}", "end": f"{span.end}", "through": f"{span.through}"}
