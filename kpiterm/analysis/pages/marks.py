"""What happened while a KPI moved, with its days: sales of the marketplaces, people's own events, SKUs that were sold
out, changed prices, entries of the operation log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal, cast

from kpiterm.analysis.cause.rows import finished
from kpiterm.analysis.inventory.demand.events import sales
from kpiterm.analysis.inventory.supply.model import Event
from kpiterm.analysis.kpi.frame import Question
from kpiterm.analysis.kpi.relations import RELATIONS
from kpiterm.i18n import named, said

MOST = 5
"""Of each kind, those that matter most."""
Kind = Literal["sale", "own", "stock", "price", "entry"]
_LOGGED = ("reorder.", "alert.", "kpi.enter", "review.")
_LATELY = timedelta(days=183)  # of stock and prices no more is read: a year of a large shop's rows would take its time
_STEP = Decimal("0.03")  # a price that moved by less is rounding
_PRICES = """
WITH sold AS (
    SELECT channel, sku, business_day AS day, date_trunc('month', business_day) AS month, item_price,
        CAST(item_price / nullif(quantity, 0) AS DECIMAL(18,2)) AS price
    FROM order_line
    WHERE item_price > 0 AND quantity > 0 AND sku IS NOT NULL AND status <> 'cancelled'
        AND business_day BETWEEN $1 AND $2
),
monthly AS (
    SELECT channel, sku, month, mode(price) AS price, sum(item_price) AS sales
    FROM sold GROUP BY channel, sku, month HAVING count(*) >= 8
),
stepped AS (
    SELECT *, lag(price) OVER (PARTITION BY channel, sku ORDER BY month) AS was FROM monthly
)
SELECT s.channel, s.sku, min(sold.day), s.was, s.price
FROM stepped s JOIN sold ON sold.channel = s.channel AND sold.sku = s.sku AND sold.month = s.month
    AND sold.price = s.price
WHERE abs(s.price - s.was) >= $3 * s.was
GROUP BY s.channel, s.sku, s.month, s.was, s.price, s.sales ORDER BY s.sales DESC, s.channel, s.sku"""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What happened from `first` to `last`; its text can be told in any language."""

    kind: Kind
    first: date
    last: date
    text: str


def occasions(
    question: Question, kpi: str, channel: str | None, first: date, last: date, own: Iterable[Event] = ()
) -> tuple[Occasion, ...]:
    """The newest first; `channel` None: on any of them. Stock-outs and prices are those of the last half year."""
    lately = max(first, last - _LATELY)
    found = [
        *_sales(question, channel, first, last),
        *_own(own, channel, first, last),
        *_sold_out(question, channel, lately, last),
        *_prices(question, channel, lately, last),
        *_entries(question, kpi, first, last),
    ]
    return tuple(sorted(found, key=lambda one: (one.first, one.text), reverse=True))


def _sales(question: Question, channel: str | None, first: date, last: date) -> Iterator[Occasion]:
    rows = question.reader.rows("SELECT DISTINCT channel FROM order_line WHERE channel IS NOT NULL", [])
    channels = [channel] if channel else [str(row[0]) for row in rows]
    for sale in sales():
        if sale.first <= last and sale.last >= first and any(one.startswith(sale.channels) for one in channels):
            yield Occasion("sale", sale.first, sale.last, named(sale.name))


def _own(own: Iterable[Event], channel: str | None, first: date, last: date) -> Iterator[Occasion]:
    for event in own:
        meant = not event.channels or channel is None or channel in event.channels
        if meant and event.first <= last and event.last >= first:
            yield Occasion("own", event.first, event.last, event.name)


def _sold_out(question: Question, channel: str | None, first: date, last: date) -> Iterator[Occasion]:
    sql = f"""SELECT channel, sku, min(day), max(day), sum(days), sum(lost_units)
FROM ({RELATIONS["stock_out"].between(first, last)})
WHERE day BETWEEN DATE '{first}' AND DATE '{last}'{" AND channel = $1" if channel else ""}
GROUP BY channel, sku HAVING sum(lost_units) >= 1 ORDER BY sum(lost_units) DESC, channel, sku LIMIT {MOST}"""
    rows = question.reader.rows(finished(sql, question), [channel] if channel else [])
    for where, sku, start, end, days, lost in rows:
        text = said("{0} sold out on {1}: {2} days, about {3} units lost", sku, where, days, f"{lost or 0:.0f}")
        yield Occasion("stock", cast("date", start), cast("date", end), text)


def _prices(question: Question, channel: str | None, first: date, last: date) -> list[Occasion]:
    rows = question.reader.rows(_PRICES, [first, last, _STEP])
    found = [
        Occasion(
            "price", cast("date", day), cast("date", day), said("{0} on {1}: price {2} → {3}", sku, where, was, now)
        )
        for where, sku, day, was, now in rows
        if channel in {None, where}
    ]
    return found[:MOST]


def _entries(question: Question, kpi: str, first: date, last: date) -> list[Occasion]:
    """What people entered, one line for each day and kind; of other KPIs nothing."""
    start = datetime.combine(first, datetime.min.time())
    rows = cast(
        "list[tuple[datetime, str, str, str]]",
        question.reader.rows(
            "SELECT happened_at, actor, kind, detail FROM event WHERE happened_at BETWEEN $1 AND $2 ORDER BY seq",
            [start, start + timedelta(days=(last - first).days + 2)],
        ),
    )
    counts = Counter(
        (at.replace(tzinfo=UTC).date(), kind, who)
        for at, who, kind, detail in rows
        if kind.startswith(_LOGGED) and json.loads(detail).get("kpi", kpi) == kpi
    )
    newest = sorted(counts.items(), reverse=True)[:MOST]
    return [
        Occasion("entry", day, day, said("{0}, entered by {1}", kind if number == 1 else f"{number} × {kind}", who))
        for (day, kind, who), number in newest
    ]
