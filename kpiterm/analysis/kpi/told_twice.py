"""Orders that two accounts of a channel tell of, on days that differ: these are still counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from kpiterm.analysis.kpi.relations import RELATIONS
from kpiterm.analysis.reader import Reader
from kpiterm.analysis.view import Span
from kpiterm.i18n import N_, said

EVER = Span(date(2000, 1, 1), date(2100, 12, 31), date(2100, 12, 31))
Twice = tuple[str, str, str, int]
_ONE = N_(
    "counted twice: {0} order of {1} is in {2} too, on another day: "
    "import the file again with the zone of its times, or name the KPI's `sources`"
)
_SEVERAL = N_(
    "counted twice: {0} orders of {1} are in {2} too, on another day: "
    "import the file again with the zone of its times, or name the KPI's `sources`"
)


def reads_orders(table: str) -> bool:
    """Whether a measure's table is made of order lines."""
    return table == "order_line" or (table in RELATIONS and "order_line" in RELATIONS[table].tables)


def still_twice(reader: Reader, span: Span) -> list[Twice]:
    """Channel, account, the better account, and how many orders with a day in `span` both have on days of their own.

    Nothing is read where no two accounts tell of the same orders.
    """
    if not reader.twice:
        return []
    pairs = ", ".join(f"({', '.join(map(_quoted, pair))})" for pair in reader.twice)
    return cast(
        "list[Twice]",
        reader.rows(
            "SELECT p.channel, p.account, p.better, count(DISTINCT a.order_id) "
            f"FROM (VALUES {pairs}) AS p(channel, account, better) "
            "JOIN order_line AS a ON a.channel = p.channel AND a.account = p.account "
            "JOIN order_line AS b ON b.channel = p.channel AND b.account = p.better AND b.order_id = a.order_id "
            f"WHERE a.business_day BETWEEN DATE '{span.start}' AND DATE '{span.through}' "
            "AND coalesce(a.status, '') <> 'cancelled' AND coalesce(b.status, '') <> 'cancelled' "
            "GROUP BY ALL ORDER BY ALL"
        ),
    )


def doubts(found: Sequence[Twice], channel: str | None) -> list[str]:
    """In words, with the remedy."""
    return [
        said(_SEVERAL if number > 1 else _ONE, number, account, better)
        for where, account, better, number in found
        if channel in {None, where}
    ]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
