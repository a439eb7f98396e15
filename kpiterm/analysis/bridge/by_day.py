"""Steps between our order lines and a source that gives figures by day, and names no order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kpiterm.analysis.bridge.lines import Line
from kpiterm.analysis.bridge.result import Note
from kpiterm.analysis.bridge.tie import Move, Piece
from kpiterm.analysis.view import Span

_DAY = timedelta(days=1)
# Where days may be cut instead: Helium 10 always does in the first, an ERP or a careless export in the second.
ZONES = ("America/Los_Angeles", "UTC")


class Refund(NamedTuple):
    """Money given back: when, and on an order of which day."""

    order_id: str
    day: date
    ordered: date | None
    amount: Decimal
    rows: int


def day_unit(day: date) -> str:
    """A day as a unit of a bridge."""
    return day.isoformat()


def day_units(first: date, last: date) -> set[str]:
    """All days from `first` to `last` as units."""
    return {day_unit(first + n * _DAY) for n in range((last - first).days + 1)}


def coverage(theirs: Sequence[Piece], mine: Sequence[Piece], common: Set[str]) -> tuple[Move, Move]:
    """Days that only one side covers, those that are not `common`: ours are added, the source's are taken away."""
    ours = [p for p in mine if p.unit not in common]
    source = [p._replace(amount=-p.amount) for p in theirs if p.unit not in common]
    return (
        Move("source_days", tuple(ours), sure=True, note=_listed("no_source_day", ours)),
        Move("our_days", tuple(source), sure=True, note=_listed("no_day_of_ours", source)),
    )


def line_moves(
    kpi: str, lines: Sequence[Line], refunds: Sequence[Refund], span: Span, units: Set[str], sign: int = 1
) -> list[Move]:
    """What a daily source may count in another way than our lines, on the days `units` that both sides have.

    `sign` is -1 where the order lines are the source and the report is ours.
    """
    live = [n for n in lines if n.live and not n.unread]
    single = [n for n in live if not n.double]
    moves = [
        Move("duplicates", _daily(n for n in live if n.double), sure=True),
        Move("pending", _daily(n for n in single if n.status == "pending")),
        Move("cancelled", _daily((n for n in lines if not (n.live or n.double or n.foreign)), sign=-1)),
        *(_zone(single, name, span) for name in ZONES),
    ]
    if kpi == "gmv":
        moves += money_moves(single)
        moves += [
            Move("refunds", tuple(_refunds(refunds, by_order=False)), note=Note("refund_day")),
            Move("refunds", tuple(_refunds(refunds, by_order=True)), note=Note("order_day")),
        ]
    if kpi == "orders":
        every = [n for n in lines if not (n.double or n.foreign)]
        moves += [Move("order_items", tuple(_further(each))) for each in (single, every)]
    return [_within(move, units, sign) for move in moves]


def money_moves(lines: Sequence[Line], *, by_order: bool = False) -> list[Move]:
    """The source may count tax or shipping with the goods, goods without tax, or goods less promotions."""

    def each(part: str, sign: int) -> tuple[Piece, ...]:
        return tuple(
            n.piece(n.order_id if by_order else day_unit(n.day), sign * getattr(n, part))
            for n in lines
            if getattr(n, part)
        )

    return [
        Move("tax", each("tax", -1), note=Note("tax_counted")),
        Move("tax", each("tax", 1), note=Note("tax_left_out")),
        Move("shipping", each("shipping", -1)),
        Move("promotions", each("discount", 1)),
    ]


def _daily(lines: Iterable[Line], sign: int = 1) -> tuple[Piece, ...]:
    return tuple(n.piece(day_unit(n.day), sign * n.amount) for n in lines if n.amount)


def _zone(lines: Iterable[Line], name: str, span: Span) -> Move:
    """Lines that lie on another day in the zone `name`: here they leave our day's figure, there they enter it."""
    zone, pieces, edge = ZoneInfo(name), [], 0
    for line in (n for n in lines if n.moment and n.amount):
        assert line.moment is not None
        there = line.moment.replace(tzinfo=UTC).astimezone(zone).date()
        if there != line.day:
            inside = [span.start <= day <= span.through for day in (line.day, there)]
            edge += line.rows if inside[0] != inside[1] else 0
            pieces.append(line.piece(day_unit(line.day)))
            pieces.append(Piece(day_unit(there), -line.amount, 0, line.order_id))
    return Move("time_zone", tuple(pieces), note=Note("zone", (name, str(edge))))


def _refunds(refunds: Iterable[Refund], *, by_order: bool) -> Iterator[Piece]:
    for refund in refunds:
        day = refund.ordered if by_order else refund.day
        if day is not None:
            yield Piece(day_unit(day), refund.amount, refund.rows, refund.order_id)


def _further(lines: Sequence[Line]) -> Iterator[Piece]:
    """Lines beyond the first of each order, on the day on which the order counts."""
    rows: dict[str, int] = defaultdict(int)
    for line in lines:
        rows[line.order_id] += line.rows
    for line in lines:
        if line.amount and line.live and rows[line.order_id] > 1:
            more = rows[line.order_id] - 1
            yield Piece(day_unit(line.day), Decimal(-more), more, line.order_id)


def _within(move: Move, units: Set[str], sign: int) -> Move:
    pieces = tuple(p._replace(amount=sign * p.amount) for p in move.pieces if p.unit in units)
    return Move(move.code, pieces, move.sure, move.note)


def _listed(code: str, pieces: Iterable[Piece]) -> Note:
    """The days of some pieces, runs of them as first to last."""
    runs: list[list[date]] = []
    for day in sorted({date.fromisoformat(p.unit) for p in pieces}):
        if runs and day - runs[-1][1] == _DAY:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    texts = [str(a) if a == b else f"{a}..{b}" for a, b in runs]
    return Note(code, (", ".join(texts[:4]) + (" …" if len(texts) > 4 else ""),))
