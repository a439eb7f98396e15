"""Bridges of the net settlement: one ledger against another, and what was paid out against what was booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, cast

from kpiterm.analysis.bridge import statements
from kpiterm.analysis.bridge.books import Books, missing
from kpiterm.analysis.bridge.by_order import shift
from kpiterm.analysis.bridge.result import Bridge, Note, Ours, Source
from kpiterm.analysis.bridge.statements import Ledger
from kpiterm.analysis.bridge.tie import Move, Piece, bridge, total

# Postings come before the statements that hold them: the first of these that has rows in the period is ours.
_FIRST = ("amazon.finances", "amazon.settlements")
_SQL = """
SELECT settlement_id, kind, posted_at, coalesce(order_id, ''), sum(amount), count(*),
    coalesce(lower(detail), '') LIKE '%reserve%' OR kind = 'reserve'
FROM settlement_line
WHERE channel = $1 AND source = $2 AND currency = $3 AND posted_at IS NOT NULL AND kind <> 'deferred'
GROUP BY ALL
ORDER BY ALL"""


class Booking(NamedTuple):
    """What a ledger books at one moment for one order, or for no order under a kind."""

    statement: str
    kind: str
    moment: datetime
    day: date
    order_id: str
    amount: Decimal
    rows: int
    reserve: bool

    @property
    def unit(self) -> str:
        """By which two ledgers can be compared."""
        return self.order_id or f"{self.kind} {self.day}"

    @property
    def paid(self) -> bool:
        return self.kind == "transfer" and not self.reserve

    def piece(self, unit: str | None = None) -> Piece:
        return Piece(unit or self.unit, self.amount, self.rows, self.order_id or f"{self.kind} {self.day}")


def settlement(books: Books) -> list[Bridge]:
    """Every other ledger, and the payouts, against what the first ledger books without payouts and reserves."""
    case = books.case
    ledgers = sorted((n for n in books.ledgers if n.currency == case.currency), key=_rank)
    booked = {ledger.source: _read(books, ledger) for ledger in ledgers}
    ours = next((n for n in ledgers if _earns(books, booked[n.source])), ledgers[0] if ledgers else None)
    if ours is None:
        return []
    earned = [b for b in booked[ours.source] if b.kind != "transfer" and not b.reserve]
    value, rows = total(b.piece() for b in earned if _in(books, b.day))
    end = Ours(name=ours.source, value=value if rows else None, rows=rows)
    found = [_ledger(books, end, earned, ledger, booked[ledger.source]) for ledger in ledgers if ledger is not ours]
    return [*found, *(p for ledger in ledgers if (p := _paid(books, end, earned, ledger, booked[ledger.source])))]


def _earns(books: Books, booked: Sequence[Booking]) -> bool:
    return any(_in(books, b.day) and b.kind != "transfer" and not b.reserve for b in booked)


def _rank(ledger: Ledger) -> tuple[int, str]:
    return _FIRST.index(ledger.source) if ledger.source in _FIRST else len(_FIRST), ledger.source


def _ledger(
    books: Books, end: Ours, ours: Sequence[Booking], ledger: Ledger, booked: Sequence[Booking]
) -> Bridge:  # fmt: skip
    """The same money in another ledger: booked in another period, or by one of the two alone."""
    earned = [b for b in booked if b.kind != "transfer" and not b.reserve]
    inside = [b for b in earned if _in(books, b.day)]
    mine = [b for b in ours if _in(books, b.day)]
    value, rows = total(b.piece() for b in inside)
    source = Source(
        name=ledger.source, kind="statement", accounts=ledger.accounts, value=value if inside else None, rows=rows
    )
    if not inside or not mine:
        note = Note("none_of_ours") if inside else Note("range", (str(ledger.first), str(ledger.last)))
        return missing(books.case, source, end, note)
    theirs_known, ours_known = {b.unit for b in earned}, {b.unit for b in ours}
    later = [b for b in mine if b.moment > ledger.until]
    alone = [b for b in mine if b.unit not in theirs_known and b.moment <= ledger.until]
    by_then = [b for b in ours if b.moment <= ledger.until]
    moves = [
        Move("date", tuple(_elsewhere(books, earned, by_then)), sure=True),
        Move("not_posted", tuple(b.piece() for b in later), sure=True),
        Move("only_source", tuple(_minus(b.piece() for b in inside if b.unit not in ours_known)), sure=True),
        Move("only_ours", tuple(b.piece() for b in alone), sure=True),
    ]
    days = {b.unit: b.day for b in (*inside, *mine)}
    return bridge(
        books.case, source, end, [b.piece() for b in inside], [b.piece() for b in mine], moves, days
    )  # fmt: skip


def _elsewhere(books: Books, theirs: Sequence[Booking], ours: Sequence[Booking]) -> Iterator[Piece]:
    """What both know and one of them books outside the period."""
    sums: dict[str, dict[bool, Decimal]] = defaultdict(lambda: {True: Decimal(0), False: Decimal(0)})
    rows: dict[str, int] = defaultdict(int)
    for sign, bookings in ((1, ours), (-1, theirs)):
        for booking in bookings:
            sums[booking.unit][_in(books, booking.day)] += sign * booking.amount
            rows[booking.unit] += booking.rows if sign < 0 else 0
    for unit in {b.unit for b in theirs} & {b.unit for b in ours}:
        if amount := shift(sums[unit][True], sums[unit][False]):
            yield Piece(unit, amount, rows[unit], unit)


def _paid(
    books: Books, end: Ours, ours: Sequence[Booking], ledger: Ledger, booked: Sequence[Booking]
) -> Bridge | None:  # fmt: skip
    """Payouts against bookings. A payout is for the last statement that had ended by then; None without any."""
    payouts = [b for b in booked if b.paid]
    if not payouts or ledger.source != end.name:
        return None
    inside = [b for b in payouts if _in(books, b.day)]
    theirs = list(_minus(b.piece(_statement_of(b, ours)) for b in inside))
    value, rows = total(theirs)
    source = Source(
        name=ledger.source, kind="payout", accounts=ledger.accounts, value=value if inside else None, rows=rows
    )
    if not inside or end.value is None:
        days = str(payouts[0].day), str(payouts[-1].day)
        return missing(books.case, source, end, Note("none_of_ours") if inside else Note("range", days))
    mine = [b.piece(b.statement) for b in ours if _in(books, b.day)]
    paid = {p.unit for p in theirs}
    earlier = _minus(b.piece(b.statement) for b in ours if b.statement in paid and not _in(books, b.day))
    unpaid = [b.piece(b.statement) for b in ours if b.statement not in paid and _in(books, b.day)]
    held = _minus(b.piece(b.statement) for b in booked if b.reserve and b.statement in paid)
    moves = [
        Move("date", tuple(earlier), sure=True, note=Note("paid_for")),
        Move("reserve", tuple(held), sure=True),
        Move("not_paid", tuple(unpaid), sure=True),
    ]
    return bridge(books.case, source, end, theirs, mine, moves, {}, Note("payouts"))


def _statement_of(payout: Booking, ours: Sequence[Booking]) -> str:
    """Amazon books a payout into the statement after the one that it pays."""
    ended: dict[str, datetime] = {}
    for booking in ours:
        ended[booking.statement] = max(ended.get(booking.statement, booking.moment), booking.moment)
    before = [(moment, name) for name, moment in ended.items() if moment <= payout.moment]
    return max(before)[1] if before else payout.statement


def _minus(pieces: Iterable[Piece]) -> list[Piece]:
    return [p._replace(amount=-p.amount) for p in pieces]


def _read(books: Books, ledger: Ledger) -> list[Booking]:
    case = books.case
    rows = books.reader.rows(_SQL, (case.channel, ledger.source, case.currency))
    found = []
    for statement, kind, moment, order, amount, count, reserve in rows:
        day = statements.business_day(moment, case.channel, books.clock)
        at = cast("datetime", moment)
        found.append(
            Booking(
                str(statement), str(kind), at, day, str(order), Decimal(str(amount)), cast("int", count), bool(reserve)
            )
        )
    return found


def _in(books: Books, day: date) -> bool:
    return books.case.span.start <= day <= books.case.span.through
