"""Bridges to the report that the board reads: for ordered sales, and for GMV where a period has no order lines."""

from __future__ import annotations

from collections.abc import Sequence

from kpiterm.analysis.bridge import statements
from kpiterm.analysis.bridge.books import (
    Books,
    absent,
    booked,
    by_day,
    ledger_source,
    meets,
    our_days,
    our_range,
    range_of,
    refunds_around,
)  # fmt: skip
from kpiterm.analysis.bridge.by_day import coverage, day_unit, day_units, line_moves
from kpiterm.analysis.bridge.lines import Line
from kpiterm.analysis.bridge.reports import Daily
from kpiterm.analysis.bridge.result import Bridge, Note, Ours, Source
from kpiterm.analysis.bridge.statements import Ledger
from kpiterm.analysis.bridge.tie import Move, Piece, total


def to_report(books: Books, dailies: Sequence[Daily], report: Daily | None, counted: Sequence[Line]) -> list[Bridge]:
    """Bridges to the report on the board, from other daily figures and from our order lines."""
    mine = report.pieces if report else ()
    end = _our_report(report)
    found = []
    for daily in dailies:
        if daily.source.name != end.name:
            common = {p.unit for p in daily.pieces} & {p.unit for p in mine}
            moves = [*coverage(daily.pieces, mine, common)]
            guesses = line_moves("gmv", books.lines, refunds_around(books), books.case.span, common)
            moves += [m for m in guesses if not m.sure]
            note = meets(common, daily.pieces, mine) or _stand_in(books, end) or range_of(books, daily)
            found.append(by_day(books, daily.source, end, daily.pieces, mine, moves, note))
    reported = [daily for daily in dailies if daily.source.kind == "report"]
    return [*found, _lines_to_report(books, end, counted, mine, reported)]


def _our_report(report: Daily | None) -> Ours:
    if report is None:
        return Ours(name="traffic_day")
    return Ours(name=report.source.name, value=report.source.value, rows=report.source.rows)


def _stand_in(books: Books, end: Ours) -> Note | None:
    return Note("stand_in", (end.name,)) if books.case.kpi != "ordered_sales" else None


def _lines_to_report(
    books: Books, end: Ours, counted: Sequence[Line], mine: Sequence[Piece], reported: Sequence[Daily]
) -> Bridge:
    theirs = [line.piece(day_unit(line.day)) for line in counted]
    common = our_days(books) & {p.unit for p in mine}
    moves = [*coverage(theirs, mine, common)]
    moves += line_moves("gmv", books.lines, refunds_around(books), books.case.span, common, sign=-1)
    value, rows = total(theirs)
    accounts = tuple(sorted({line.origin[0] for line in counted}))
    source = Source(
        name="order_line", kind="orders", accounts=accounts, value=value if counted else None, rows=rows
    )  # fmt: skip
    note = meets(common, theirs, mine)
    if not counted and reported and (known := our_range(books)):
        note = absent(*known, ours=(min(d.first for d in reported), max(d.last for d in reported)))
    return by_day(books, source, end, theirs, mine, moves, note)


def ledger_by_day(books: Books, ledger: Ledger, report: Daily) -> Bridge:
    """Without order lines nothing tells when a posted order was placed: what remains is shown by day, as it is."""
    case, mine, end = books.case, report.pieces, _our_report(report)
    entries = booked(books, ledger)
    inside = [e for e in entries if e.live and case.span.start <= e.day <= case.span.through]
    theirs = [Piece(day_unit(e.day), e.amount, e.rows, e.order_id) for e in inside if e.amount]
    common = day_units(ledger.first, ledger.last) & {p.unit for p in mine}
    moves = [*coverage(theirs, mine, common)]
    if statements.tax_rule(case.channel) == "included":
        apart = [Piece(day_unit(e.day), e.tax, e.rows, e.order_id) for e in inside if e.tax]
        kept = tuple(p for p in apart if p.unit in common)
        moves.append(Move("tax", kept, sure=True, note=Note("tax_apart")))
    note = meets(common, theirs, mine) or Note("posting_days")
    if not theirs:
        note = Note("range", (str(ledger.first), str(ledger.last)))
    return by_day(books, ledger_source(ledger, theirs), end, theirs, mine, moves, note)
