"""Bridges of what was sold: GMV, units and orders from our order lines, ordered sales from the marketplace's report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpiterm.analysis.bridge import by_order, statements
from kpiterm.analysis.bridge.books import (
    Books,
    about,
    absent,
    booked,
    by_day,
    ledger_source,
    ledgers_of,
    meets,
    missing,
    our_days,
    our_range,
    range_of,
    read,
    refunds_around,
)  # fmt: skip
from kpiterm.analysis.bridge.by_day import coverage, day_unit, line_moves
from kpiterm.analysis.bridge.by_order import Entry, Matter
from kpiterm.analysis.bridge.lines import Line, Origin, origins, ours
from kpiterm.analysis.bridge.reports import Daily, board_report, estimates, reports
from kpiterm.analysis.bridge.result import Bridge, Note, Ours, Source
from kpiterm.analysis.bridge.stand_in import ledger_by_day, to_report
from kpiterm.analysis.bridge.statements import Ledger
from kpiterm.analysis.bridge.tie import Piece, bridge, total

# KPIs that the report itself can stand in for; its order items, for one, are no orders.
_STAND_IN = ("gmv", "units")


def sales(books: Books) -> list[Bridge]:
    """Every source against our order lines; where the period has none, against the report that the board shows."""
    case = books.case
    asked = case.kpi, case.channel, case.currency, case.span, case.rates
    dailies = [*reports(books.reader, *asked), *estimates(books.reader, *asked)]
    report = board_report(books.reader, *asked)
    counted = ours(books.lines, case.span)
    if case.kpi == "ordered_sales":
        known = any(daily.source.kind == "report" for daily in dailies)
        return to_report(books, dailies, report, counted) if known else []
    if not counted and report and case.kpi in _STAND_IN:
        found = to_report(books, dailies, report, counted)
        return [*found, *(ledger_by_day(books, ledger, report) for ledger in ledgers_of(books))]
    found = [_orders(books, origin) for origin in _others(books.lines)]
    found += [_daily(books, daily, counted) for daily in dailies]
    return [*found, *(b for ledger in ledgers_of(books) if (b := _ledger(books, ledger)))]


def _others(lines: Sequence[Line]) -> list[Origin]:
    """Sources of order lines, where there are several to compare."""
    known = origins(lines)
    return known if len(known) > 1 else []


def _our_lines(counted: Sequence[Line]) -> Ours:
    value, rows = total(by_order.mine(counted))
    return Ours(name="order_line", value=value if counted else None, rows=rows)


def _daily(books: Books, daily: Daily, counted: Sequence[Line]) -> Bridge:
    mine = [line.piece(day_unit(line.day)) for line in counted]
    common = our_days(books) & {piece.unit for piece in daily.pieces}
    moves = [*coverage(daily.pieces, mine, common)]
    moves += line_moves(books.case.kpi, books.lines, refunds_around(books), books.case.span, common)
    note = meets(common, daily.pieces, mine) or range_of(books, daily) or about(daily)
    return by_day(books, daily.source, _our_lines(counted), daily.pieces, mine, moves, note)


def _orders(books: Books, origin: Origin) -> Bridge:
    """Order lines of one source against all that we count."""
    case = books.case
    told = [line for line in books.lines if line.origin == origin]
    entries = [
        Entry(
            n.order_id,
            n.day,
            n.amount,
            n.rows,
            moments=frozenset({n.moment} - {None}),
            live=n.live,
            foreign=n.foreign,
            rate=n.rate,
        )
        for n in told
    ]
    matter = Matter(
        lines=books.lines, entries=entries, span=case.span,
        until=max((n.moment for n in told if n.moment), default=None), tax="unknown",
    )  # fmt: skip
    theirs = by_order.theirs(matter)
    value, rows = total(theirs)
    source = Source(
        name=f"{origin[1]} order lines", kind="orders", accounts=(origin[0],), value=value if theirs else None,
        rows=rows,
    )  # fmt: skip
    return _by_orders(books, matter, source, theirs, None)


def _ledger(books: Books, ledger: Ledger) -> Bridge | None:
    """None for a ledger that does not know what is counted, such as units."""
    case, entries = books.case, booked(books, ledger)
    if case.kpi == "units" and not entries:
        return None
    matter = Matter(
        lines=_with_orders_of(books, ledger), entries=entries, span=case.span, until=ledger.until,
        tax=statements.tax_rule(case.channel) if case.currency else "excluded",
        held=statements.held_back(books.reader, case.channel),
    )  # fmt: skip
    theirs = by_order.theirs(matter)
    note = None if theirs else absent(ledger.first, ledger.last, our_range(books))
    return _by_orders(books, matter, ledger_source(ledger, theirs), theirs, note)


def _by_orders(books: Books, matter: Matter, source: Source, theirs: Sequence[Piece], note: Note | None) -> Bridge:
    counted = ours(matter.lines, books.case.span)
    end, mine = _our_lines(counted), by_order.mine(counted)
    if source.value is None or end.value is None:
        return missing(books.case, source, end, note or Note("none_of_ours"))
    found = bridge(books.case, source, end, theirs, mine, by_order.moves(matter), by_order.days(matter), note)
    if not by_order.known_to_both(matter):
        return replace(found, state="no_data", note=note or Note("no_common_order"))
    return found


def _with_orders_of(books: Books, ledger: Ledger) -> Sequence[Line]:
    """Our lines, with those of other periods that the ledger books in this one."""
    first, last = statements.moments(books.case.span)
    also = (
        "SELECT order_id FROM settlement_line WHERE channel = $1 AND kind IN ('order', 'tax') "
        f"AND posted_at BETWEEN TIMESTAMP '{first}' AND TIMESTAMP '{last}' "
        f"AND source = '{ledger.source.replace(chr(39), chr(39) * 2)}'"
    )
    return read(books.reader, books.case, books.synced, also)
