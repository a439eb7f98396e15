"""Values that people entered by hand, for KPIs that no platform reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import cast

from kpiterm.analysis.reader import Reader
from kpiterm.analysis.view import Span

Entries = Mapping[tuple[str, str, date, date], Decimal]


def read_entries(reader: Reader) -> Entries:
    """The latest entry of each KPI, channel and period; one that is no number counts as withdrawn."""
    rows = reader.rows(
        "SELECT kpi, coalesce(channel, 'all'), period_start, period_end, CAST(value AS VARCHAR) FROM entry "
        "ORDER BY entered_at"
    )
    found: dict[tuple[str, str, date, date], Decimal] = {}
    for kpi, channel, first, last, text in rows:
        key = str(kpi), str(channel), cast("date", first), cast("date", last)
        value = _number(cast("str | None", text))
        if value is None:
            found.pop(key, None)
        else:
            found[key] = value
    return found


def entered(entries: Entries, kpi: str, channel: str, span: Span) -> Decimal | None:
    """The value entered for exactly this period."""
    return entries.get((kpi, channel, span.start, span.end))


def _number(text: str | None) -> Decimal | None:
    try:
        value = Decimal(text or "")
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
