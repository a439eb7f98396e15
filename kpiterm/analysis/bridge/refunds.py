"""Bridges of refunds: what the statements gave back against refund lines, order by order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, cast

from kpiterm.analysis.bridge import by_order, statements
from kpiterm.analysis.bridge.books import Books, ledgers_of, missing
from kpiterm.analysis.bridge.by_order import Entry, Matter
from kpiterm.analysis.bridge.exchange import Rate, rate_of
from kpiterm.analysis.bridge.lines import Line, doubled
from kpiterm.analysis.bridge.result import Bridge, Note, Ours, Source
from kpiterm.analysis.bridge.statements import Ledger
from kpiterm.analysis.bridge.tie import Move, Piece, bridge, total

_WITHHELD = "(lower(detail) LIKE '%withheld%' OR lower(detail) LIKE '%facilitatortax%')"
_BOOKED = f"""
WITH booked AS (
    SELECT *, bool_or(kind = 'refund') OVER (PARTITION BY source, order_id, posted_at) AS back
    FROM settlement_line
    WHERE channel = $1 AND source = $2 AND currency IS NOT NULL AND kind IN ('order', 'refund', 'tax')
        AND posted_at IS NOT NULL
)
SELECT coalesce(order_id, '{statements.NAMELESS}'), posted_at, currency,
    -sum(amount) FILTER (WHERE kind = 'refund'), count(*) FILTER (WHERE kind = 'refund'),
    -sum(amount) FILTER (WHERE kind = 'refund' AND lower(detail) LIKE '%tax%' AND NOT {_WITHHELD}),
    -sum(amount) FILTER (WHERE kind = 'refund' AND {_WITHHELD}),
    -sum(amount) FILTER (WHERE kind = 'tax' AND NOT {_WITHHELD}),
    -sum(amount) FILTER (WHERE kind = 'refund' AND lower(detail) LIKE '%shipping%')
FROM booked
WHERE back
GROUP BY ALL
ORDER BY ALL"""
_GIVEN = """
SELECT account, source, coalesce(order_id, ''), refunded_at, currency, sum(amount), count(*)
FROM refund_line
WHERE channel = $1 AND currency IS NOT NULL AND amount IS NOT NULL AND refunded_at IS NOT NULL
GROUP BY ALL
ORDER BY ALL"""


class Booked(NamedTuple):
    """A refund as a ledger books it, with the tax and the shipping in it, the tax in it that the platform pays itself,
    and the tax that is booked beside it."""

    entry: Entry
    tax: Decimal
    withheld: Decimal
    beside: Decimal
    shipping: Decimal


def refunds(books: Books) -> list[Bridge]:
    """Each statement against our refund lines; where the period has none, against the first statement."""
    ledgers = ledgers_of(books)
    given, name = _given(books), "refund_line"
    if not _inside(books, given) and ledgers:
        name = ledgers[0].source
        given = [_line(b.entry, (ledgers[0].accounts[0], name)) for b in _booked(books, ledgers[0])]
    mine = _inside(books, given)
    value, rows = total(by_order.mine(mine))
    end = Ours(name=name, value=value if mine else None, rows=rows)
    return [_bridge(books, ledger, given, end) for ledger in ledgers if ledger.source != name]


def _inside(books: Books, lines: Sequence[Line]) -> list[Line]:
    return [n for n in lines if books.case.span.start <= n.day <= books.case.span.through]


def _bridge(books: Books, ledger: Ledger, given: Sequence[Line], end: Ours) -> Bridge:
    booked, mine = _booked(books, ledger), _inside(books, given)
    matter = Matter(lines=given, entries=[b.entry for b in booked], span=books.case.span, until=ledger.until)
    theirs = by_order.theirs(matter)
    value, rows = total(theirs)
    source = Source(
        name=ledger.source, kind="statement", accounts=ledger.accounts, value=value if theirs else None, rows=rows
    )
    if source.value is None or end.value is None:
        note = Note("none_of_ours") if theirs else Note("range", (str(ledger.first), str(ledger.last)))
        return missing(books.case, source, end, note)
    orders = {n.order_id for n in mine}
    moves = [*by_order.moves(matter), *_parts([b for b in booked if b.entry.order_id in orders])]
    stand_in = Note("stand_in", (end.name,)) if end.name != "refund_line" else None
    return bridge(books.case, source, end, theirs, by_order.mine(mine), moves, by_order.days(matter), stand_in)


def _parts(booked: Sequence[Booked]) -> list[Move]:
    """The refund line may leave out tax or shipping, or hold the tax that the platform gives back by itself."""

    def each(code: str, part: str, note: str | None = None, sign: int = -1) -> Move:
        found = ((b.entry, getattr(b, part)) for b in booked)
        pieces = tuple(Piece(e.order_id, sign * amount, e.rows, e.order_id) for e, amount in found if amount)
        return Move(code, pieces, note=Note(note) if note else None)

    return [
        each("tax", "tax"),
        each("tax", "withheld", "tax_withheld"),
        each("tax", "beside", "tax_apart", sign=1),
        each("shipping", "shipping"),
    ]


def _booked(books: Books, ledger: Ledger) -> list[Booked]:
    rows = books.reader.rows(_BOOKED, (books.case.channel, ledger.source))
    return [
        Booked(
            _entry(books, order, posted, amount, count, rate),
            *(Decimal(str(part or 0)) * rate.factor for part in parts),
        )
        for order, posted, money, amount, count, *parts in rows
        if (rate := _rate(books, money, posted))
    ]


def _given(books: Books) -> list[Line]:
    rows = books.reader.rows(_GIVEN, (books.case.channel,))
    lines = [
        _line(_entry(books, order, back, amount, count, rate), (str(account), str(source).partition(".")[0]))
        for account, source, order, back, money, amount, count in rows
        if (rate := _rate(books, money, back))
    ]
    return doubled(lines, books.synced)


def _rate(books: Books, currency: object, moment: object) -> Rate | None:
    case = books.case
    day = statements.business_day(moment, case.channel, books.clock)
    return rate_of(case.rates, cast("str | None", currency), case.currency, day)


def _entry(books: Books, order: object, moment: object, amount: object, rows: object, rate: Rate) -> Entry:
    day = statements.business_day(moment, books.case.channel, books.clock)
    converted = Decimal(str(amount)) * rate.factor
    return Entry(str(order), day, converted, cast("int", rows), moments=frozenset({moment}), rate=rate.label)


def _line(entry: Entry, origin: tuple[str, str]) -> Line:
    """A refund in the place of an order line: its day is that on which it was given."""
    none = Decimal(0)
    (moment,) = entry.moments
    return Line(
        entry.order_id, origin, entry.day, "", None, cast("datetime", moment), entry.rows, entry.amount, none, none,
        none, live=True, foreign=False,
    )  # fmt: skip
