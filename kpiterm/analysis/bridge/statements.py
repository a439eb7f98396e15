"""Statements and postings as a bridge reads them: what was booked for the goods of each order, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast

from kpiterm.analysis.bridge.by_order import Entry, Tax
from kpiterm.analysis.bridge.exchange import SAME, rate_of
from kpiterm.analysis.clock import Clock
from kpiterm.analysis.kpi.fx import NO_RATES, Rates
from kpiterm.analysis.reader import Reader
from kpiterm.analysis.view import Span
from kpiterm.plugins.marketplaces import MARKETPLACES

# Where prices are quoted without tax; in all other known marketplaces the buyer's price holds it.
TAX_ON_TOP = frozenset({"amazon.com", "amazon.ca", "walmart.com", "walmart.ca"})
NAMELESS = "(no order)"  # what a posting is called that names none: it is on nobody else's side
_SLACK = timedelta(days=2)  # a posting's UTC day may be another than its business day
# What the kinds of statement call the price of the goods and the tax on it.
_GOODS = ("product sales", "principal", "ourpriceprincipal", "product price", "charge")
_TAX = ("product sales tax", "tax", "ourpricetax", "product tax")
_SQL = f"""
WITH booked AS (
    SELECT *, bool_or(kind = 'refund') OVER (PARTITION BY source, order_id, posted_at) AS back
    FROM settlement_line
    WHERE channel = $1 AND source = $2 AND posted_at IS NOT NULL
        AND kind IN ('order', 'refund', 'tax')
)
SELECT account, coalesce(order_id, '{NAMELESS}'), posted_at, currency, count(*),
    sum(amount) FILTER (WHERE lower(detail) IN {_GOODS}),
    -- Amazon repeats the quantity on promotions of the same name.
    sum(quantity) FILTER (WHERE lower(detail) IN {_GOODS} AND amount > 0),
    sum(amount) FILTER (WHERE lower(detail) IN {_TAX})
FROM booked
WHERE NOT back AND lower(detail) IN {(*_GOODS, *_TAX)}
    AND (posted_at BETWEEN $3 AND $4 OR order_id IN (
        SELECT order_id FROM order_line
        WHERE channel = $1 AND business_day BETWEEN CAST($3 AS DATE) AND CAST($4 AS DATE)
    ))
GROUP BY ALL
ORDER BY ALL"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A source of statement lines that holds orders; `first` and `last` are the days of all its rows."""

    source: str
    accounts: tuple[str, ...]
    currency: str
    first: date
    last: date
    until: datetime


def ledgers(reader: Reader, channel: str, clock: Clock) -> list[Ledger]:
    """Every source of the channel that books orders. One that tells of reimbursements alone is no ledger."""
    rows = reader.rows(
        "SELECT source, currency, list(DISTINCT account ORDER BY account), min(posted_at), max(posted_at) "
        "FROM settlement_line WHERE channel = $1 AND posted_at IS NOT NULL AND currency IS NOT NULL "
        "GROUP BY ALL HAVING bool_or(kind = 'order') ORDER BY ALL",
        (channel,),
    )
    return [
        Ledger(
            source=str(source), accounts=tuple(cast("list[str]", accounts)), currency=str(currency),
            first=business_day(first, channel, clock), last=business_day(last, channel, clock),
            until=cast("datetime", last),
        )
        for source, currency, accounts, first, last in rows
    ]  # fmt: skip


def goods(
    reader: Reader, kpi: str, channel: str, ledger: Ledger, currency: str | None, span: Span, clock: Clock,
    rates: Rates = NO_RATES,
) -> list[Entry]:  # fmt: skip
    """What the ledger booked for goods in the period, and at any time for the orders of the period."""
    first, last = moments(span)
    entries = []
    for _, order, posted, money, rows, price, units, tax in reader.rows(_SQL, (channel, ledger.source, first, last)):
        amount = {"units": units, "orders": 1}.get(kpi, price)
        if kpi == "units" and units is None:
            continue
        day = business_day(posted, channel, clock)
        rate = rate_of(rates, cast("str | None", money), currency, day)
        amounts = (amount if rate else None, tax if rate and currency else None)
        price_, tax_ = (Decimal(str(n or 0)) * (rate or SAME).factor for n in amounts)
        entries.append(
            Entry(
                str(order), day, price_, cast("int", rows), tax_, live=rate is not None, foreign=rate is None,
                rate=rate.label if rate else None,
            )
        )  # fmt: skip
    return _once(entries) if kpi == "orders" else entries


def held_back(reader: Reader, channel: str) -> frozenset[str]:
    """Orders whose money the platform holds back for now."""
    rows = reader.rows(
        "SELECT DISTINCT order_id FROM settlement_line WHERE channel = $1 AND kind = 'deferred' AND amount <> 0 "
        "AND order_id IS NOT NULL",
        (channel,),
    )
    return frozenset(str(order) for (order,) in rows)


def tax_rule(channel: str) -> Tax:
    """Whether our order prices hold the tax that a statement books apart."""
    if channel in TAX_ON_TOP:
        return "excluded"
    return "included" if channel in MARKETPLACES else "unknown"


def business_day(moment: object, channel: str, clock: Clock) -> date:
    """The channel's day of a naive UTC moment of the store."""
    return clock.day(cast("datetime", moment).replace(tzinfo=UTC), channel)


def moments(span: Span) -> tuple[datetime, datetime]:
    """Naive UTC moments that are sure to hold the span's business days in any zone."""
    start, end = (datetime(d.year, d.month, d.day) for d in (span.start, span.through))  # noqa: DTZ001 -- as stored
    return start - _SLACK, end + _SLACK


def _once(entries: Sequence[Entry]) -> list[Entry]:
    """An order counts once, when it is first posted."""
    seen = set[str]()
    found = []
    for entry in sorted(entries, key=lambda e: (e.order_id, e.day)):
        found.append(entry._replace(amount=Decimal(0)) if entry.order_id in seen else entry)
        seen.add(entry.order_id)
    return found
