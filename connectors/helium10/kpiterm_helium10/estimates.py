"""Rows of Helium 10's figures. They all go to `market_estimate` and `keyword_rank`, which no KPI reads.

Also what Helium 10 says of the account's own sales, stock and ads is a third party's reading of what the marketplace's
own connector delivers: in order_line, ad_day or stock_level it would count twice. The tool's name begins each metric.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from kpiterm.plugins import DataError, Row


@dataclass(frozen=True, slots=True)
class Measure:
    """Our name of a figure, and whether it is money."""

    name: str
    money: bool = False


def estimate(
    day: date, metric: str, value: Decimal | None, *, item: str | None = None, currency: str | None = None
) -> Iterator[Row]:
    """One row, or none where the figure is missing."""
    if value is not None:
        yield Row(
            "market_estimate",
            {
                "day": day, "item_id": item, "metric": metric, "estimate": value, "bound": "exact",
                "currency": currency,
            },
        )  # fmt: skip


def figures(
    day: date,
    values: Mapping[str, Any],
    measures: Mapping[str, Measure],
    *,
    item: str | None = None,
    currency: str | None = None,
) -> Iterator[Row]:
    """A row for each measure that `values` holds; other keys are not guessed at."""
    for key, measure in measures.items():
        value = number(values.get(key), key)
        yield from estimate(day, measure.name, value, item=item, currency=currency if measure.money else None)


def number(value: object, what: str) -> Decimal | None:
    """A figure as sent, exact; None where there is none. DataError for what is no number."""
    if value in (None, "", "-", "N/A", "n/a"):
        return None
    try:
        if isinstance(value, bool) or not (found := Decimal(str(value))).is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise DataError(
            f"Helium 10 gives {what} as {str(value)[:40]!r}, which is no number",
            hint="if Helium 10 changed its answers, upgrade the connector",
        ) from None
    return found


def listed(data: Mapping[str, Any], *path: str) -> list[Mapping[str, Any]]:
    """The records under `path`; DataError where the answer is built in another way, so that nothing is guessed."""
    found: Any = data
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise DataError(
            f"Helium 10's answer has no list of records at {'.'.join(path)}",
            hint="nothing was stored; if Helium 10 changed its answers, upgrade the connector",
        )
    return found


def day_of(text: str) -> date:
    """The day of a key such as `2026-10-01` or `2026-10-01T00:00:00`."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise DataError(
            f"Helium 10 names a day {text[:40]!r}", hint="if Helium 10 changed its answers, upgrade the connector"
        ) from None
