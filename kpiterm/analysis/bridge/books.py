"""What the bridges of a case have in common: the store behind them, and both ends of a bridge by day."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import cast

from kpiterm.analysis.bridge import statements
from kpiterm.analysis.bridge.by_day import Refund, day_units
from kpiterm.analysis.bridge.by_order import Entry
from kpiterm.analysis.bridge.exchange import rate_of
from kpiterm.analysis.bridge.lines import NOBODY, Line, read_lines
from kpiterm.analysis.bridge.reports import Daily
from kpiterm.analysis.bridge.result import Bridge, Case, Note, Ours, Source
from kpiterm.analysis.bridge.statements import Ledger
from kpiterm.analysis.bridge.tie import Move, Piece, bridge, total
from kpiterm.analysis.clock import Clock
from kpiterm.analysis.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The store behind a case, and what all of its bridges read; `synced` are accounts that are kept up to date."""

    reader: Reader
    clock: Clock
    case: Case
    synced: frozenset[str]
    ledgers: Sequence[Ledger]
    lines: Sequence[Line] = field(default_factory=list)


def read(reader: Reader, case: Case, synced: frozenset[str], also: str = NOBODY) -> list[Line]:
    """The order lines of a case."""
    return read_lines(
        reader, case.kpi, case.channel, case.currency, case.span, synced=synced, also=also, rates=case.rates
    )


def ledgers_of(books: Books) -> list[Ledger]:
    """Those in the currency of the case; and of the other sources, those that its rates convert."""
    case = books.case
    own = [ledger for ledger in books.ledgers if case.currency in {None, ledger.currency}]
    known = {ledger.source for ledger in own}
    others = {n.source: n for n in books.ledgers if n.source not in known and _converts(case, n.currency)}
    return [*own, *others.values()]


def _converts(case: Case, currency: str) -> bool:
    return rate_of(case.rates, currency, case.currency, case.span.start) is not None


def booked(books: Books, ledger: Ledger) -> list[Entry]:
    case = books.case
    return statements.goods(
        books.reader, case.kpi, case.channel, ledger, case.currency, case.span, books.clock, case.rates
    )


def ledger_source(ledger: Ledger, theirs: Sequence[Piece]) -> Source:
    value, rows = total(theirs)
    return Source(
        name=ledger.source, kind="statement", accounts=ledger.accounts, value=value if theirs else None, rows=rows
    )


def our_days(books: Books) -> set[str]:
    """The days of the period that our order lines cover: up to the last sync, or from first to last of each file."""
    case = books.case
    rows = books.reader.rows(
        "SELECT min(business_day), max(business_day), max(watermark) FROM order_line LEFT JOIN watermark "
        "ON watermark.account = order_line.account AND order_line.source LIKE '%.' || stream "
        "WHERE channel = $1 AND business_day IS NOT NULL "
        "GROUP BY order_line.account, CASE WHEN watermark IS NULL THEN payload END ORDER BY ALL",
        (case.channel,),
    )
    found: set[str] = set()
    for first, last, synced in rows:
        end = cast("date", last)
        if synced is not None:
            end = max(end, statements.business_day(synced, case.channel, books.clock))
        found |= day_units(max(cast("date", first), case.span.start), min(end, case.span.through))
    return found


def meets(common: Set[str], theirs: Sequence[Piece], mine: Sequence[Piece]) -> Note | None:
    if common or not theirs or not mine:
        return None
    return Note("no_common_day", (*_ends(theirs), *_ends(mine)))


def _ends(pieces: Sequence[Piece]) -> tuple[str, str]:
    return min(p.unit for p in pieces), max(p.unit for p in pieces)


def range_of(books: Books, daily: Daily) -> Note | None:
    return None if daily.pieces else absent(daily.first, daily.last, our_range(books))


def about(daily: Daily) -> Note | None:
    if daily.source.name == "shopify.traffic":
        return Note("checkouts")
    return Note("estimate") if daily.source.kind == "estimate" else None


def absent(first: date, last: date, ours: tuple[date, date] | None) -> Note:
    """Where a source without rows in the period has some: perhaps in no month in which the other side has any."""
    if ours and (_month(last) < _month(ours[0]) or _month(ours[1]) < _month(first)):
        return Note("never_both", (str(first), str(last), str(ours[0]), str(ours[1])))
    return Note("range", (str(first), str(last)))


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def our_range(books: Books) -> tuple[date, date] | None:
    """First and last day of all order lines of the channel."""
    rows = books.reader.rows(
        "SELECT min(business_day), max(business_day) FROM order_line WHERE channel = $1", (books.case.channel,)
    )
    first, last = rows[0]
    return (first, last) if isinstance(first, date) and isinstance(last, date) else None


def by_day(
    books: Books, source: Source, end: Ours, theirs: Sequence[Piece], mine: Sequence[Piece], moves: Sequence[Move],
    note: Note | None,
) -> Bridge:  # fmt: skip
    if source.value is None or end.value is None:
        return missing(books.case, source, end, note if source.value is None else Note("none_of_ours"))
    units = {p.unit for p in (*theirs, *mine)}
    found = bridge(books.case, source, end, theirs, mine, moves, {u: date.fromisoformat(u) for u in units}, note)
    return replace(found, state="no_data") if note and note.code == "no_common_day" else found


def missing(case: Case, source: Source, end: Ours, note: Note | None) -> Bridge:
    """A bridge that one of its ends is missing of."""
    return Bridge(
        kpi=case.kpi, channel=case.channel, currency=case.currency, period=case.span, source=source, ours=end, note=note
    )


def refunds_around(books: Books) -> list[Refund]:
    """Refunds around the period, where the KPI is money."""
    case = books.case
    if case.currency is None:
        return []
    first, last = statements.moments(case.span)
    rows = books.reader.rows(
        "SELECT order_id, refunded_at, ordered_at, sum(amount), count(*) FROM refund_line WHERE channel = $1 "
        "AND currency = $2 AND amount IS NOT NULL AND (refunded_at BETWEEN $3 AND $4 OR ordered_at BETWEEN $3 AND $4) "
        "GROUP BY ALL ORDER BY ALL",
        (case.channel, case.currency, first, last),
    )
    return [
        Refund(
            str(order), statements.business_day(back, case.channel, books.clock),
            statements.business_day(placed, case.channel, books.clock) if placed else None,
            Decimal(str(amount)), cast("int", count),
        )
        for order, back, placed, amount, count in rows
    ]  # fmt: skip
