"""Steps between our order lines and a source that names its orders: each difference belongs to one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from kpiterm.analysis.bridge.by_day import money_moves
from kpiterm.analysis.bridge.lines import Line
from kpiterm.analysis.bridge.result import Note
from kpiterm.analysis.bridge.tie import Move, Piece
from kpiterm.analysis.view import Span

Tax = Literal["included", "excluded", "unknown"]
_ZERO = Decimal(0)
_SURE = (
    "duplicates", "pending", "cancelled", "date", "time_zone", "currency", "open", "held", "not_posted", "only_source",
    "only_ours",
)  # fmt: skip
_ORDER = (*_SURE[:5], "tax", "shipping", "promotions", *_SURE[5:])


class Entry(NamedTuple):
    """What a source says of an order on a day: `amount` by the KPI's measure, `tax` what it books beside it."""

    order_id: str
    day: date
    amount: Decimal
    rows: int
    tax: Decimal = _ZERO
    moments: frozenset[object] = frozenset()
    live: bool = True
    foreign: bool = False
    rate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Both sides of a bridge by orders. `until` is the moment (naive UTC) after which the source has no rows, `held`
    are orders whose money the platform holds back; `tax` says whether our prices hold the tax booked apart."""

    lines: Sequence[Line]
    entries: Sequence[Entry]
    span: Span
    until: datetime | None
    tax: Tax = "excluded"
    held: Set[str] = frozenset()


def theirs(matter: Matter) -> list[Piece]:
    """The source's number in the period, order by order."""
    return [
        Piece(e.order_id, e.amount, e.rows, e.order_id, e.rate) for e in matter.entries if e.live and _in(e.day, matter)
    ]


def mine(lines: Sequence[Line]) -> list[Piece]:
    """Our number, order by order; `lines` are those that count in the period."""
    return [line.piece(line.order_id) for line in lines]


def days(matter: Matter) -> dict[str, date]:
    """An order's day: ours where we know it, so that both sides' figures of an order meet on one day."""
    found: dict[str, date] = {}
    for order, day in sorted((e.order_id, e.day) for e in matter.entries if _in(e.day, matter)):
        found.setdefault(order, day)
    known: dict[str, date] = {}
    for line in sorted(matter.lines, key=lambda n: (n.double, not n.live, n.day)):
        known.setdefault(line.order_id, line.day)
    return found | {order: day for order, day in known.items() if _in(day, matter)}


def known_to_both(matter: Matter) -> bool:
    """Whether any order of the period is on both sides, so that they can be held against each other."""
    orders = {e.order_id for e in matter.entries if _in(e.day, matter)}
    return bool(orders & {n.order_id for n in matter.lines}) or bool(
        {e.order_id for e in matter.entries} & {n.order_id for n in matter.lines if _in(n.day, matter)}
    )


def moves(matter: Matter) -> list[Move]:
    """Sure steps by where an order is known and what it is there; then guesses about the amounts of those on both."""
    lines, entries = defaultdict[str, list[Line]](list), defaultdict[str, list[Entry]](list)
    for line in matter.lines:
        lines[line.order_id].append(line)
    for entry in matter.entries:
        entries[entry.order_id].append(entry)
    pieces: dict[str, list[Piece]] = {code: [] for code in _SURE}
    for order in {*lines, *entries}:
        code, found = _placed(order, lines[order], entries[order], matter)
        pieces[code] += found
    pieces["duplicates"] = mine(
        [n for n in matter.lines if n.live and n.double and not n.unread and _in(n.day, matter)]
    )
    found_moves = [Move(code, tuple(each), sure=True) for code, each in pieces.items()]
    return sorted([*found_moves, *_amounts(matter)], key=lambda m: _ORDER.index(m.code))


def _placed(order: str, lines: Sequence[Line], entries: Sequence[Entry], matter: Matter) -> tuple[str, list[Piece]]:
    """The code of an order's step, and what that moves; nothing where both sides have it in the period alone."""
    single = [n for n in lines if n.live and not n.double]
    here = [n for n in single if _in(n.day, matter)]
    told = [e for e in entries if e.live]
    inside = [e for e in told if _in(e.day, matter)]
    if here and told:
        return _shifted(order, single, told, matter)
    if here:
        return _untold(here, entries, matter), [n.piece(order) for n in here]
    back = _entry_pieces(inside, -1)
    if single or not inside:
        return _moved(single, inside), back
    if any(n.foreign for n in lines):
        return "currency", back
    return ("cancelled" if lines else "only_source"), back


def _shifted(
    order: str, lines: Sequence[Line], entries: Sequence[Entry], matter: Matter
) -> tuple[str, list[Piece]]:  # fmt: skip
    """What one side has in the period and the other outside of it."""
    outside = [e for e in entries if not _in(e.day, matter)]
    inside = [e for e in entries if _in(e.day, matter)]
    amount = shift(
        sum((n.amount for n in lines if _in(n.day, matter)), _ZERO) - sum((e.amount for e in inside), _ZERO),
        sum((n.amount for n in lines if not _in(n.day, matter)), _ZERO) - sum((e.amount for e in outside), _ZERO),
    )
    moved = outside if amount > 0 else inside
    return _moved(lines, moved), [Piece(order, amount, sum(e.rows for e in moved), order)] if amount else []


def shift(inside: Decimal, outside: Decimal) -> Decimal:
    """Of ours less theirs, in the period and out of it: what only lies on the other side of the period's edge."""
    if inside * outside >= 0:
        return _ZERO
    size = min(abs(inside), abs(outside))
    return size if inside > 0 else -size


def _moved(lines: Sequence[Line], entries: Sequence[Entry]) -> str:
    """Whether both sides mean the same moment, and only cut their days in different zones."""
    moments = {n.moment for n in lines if n.moment}
    same = bool(entries) and all(e.moments and e.moments <= moments for e in entries)
    return "time_zone" if same else "date"


def _untold(here: Sequence[Line], entries: Sequence[Entry], matter: Matter) -> str:
    """Why the source has no amount of an order that we count."""
    if any(e.foreign for e in entries):
        return "currency"
    if entries:
        return "cancelled"
    if all(n.status == "pending" for n in here):
        return "pending"
    if all(n.status in {"pending", "open"} for n in here):
        return "open"
    if here[0].order_id in matter.held:
        return "held"
    return "not_posted" if all(_after(n, matter.until) for n in here) else "only_ours"


def _after(line: Line, until: datetime | None) -> bool:
    if until is None:
        return True
    return line.moment > until if line.moment else line.day > until.date()


def _amounts(matter: Matter) -> list[Move]:
    """What may differ in the amounts of an order that both sides have."""
    told = {e.order_id for e in matter.entries if e.live}
    lines = [n for n in matter.lines if n.order_id in told and n.live and not n.double and _in(n.day, matter)]
    guesses = money_moves(lines, by_order=True)
    if matter.tax == "unknown":
        return guesses
    guesses = [m for m in guesses if m.code != "tax"]
    if matter.tax == "excluded":
        return guesses
    both = {n.order_id for n in lines}
    apart = [Piece(e.order_id, e.tax, e.rows, e.order_id) for e in matter.entries if e.tax and e.order_id in both]
    return [Move("tax", tuple(apart), sure=True, note=Note("tax_apart")), *guesses]


def _entry_pieces(entries: Sequence[Entry], sign: int) -> list[Piece]:
    return [Piece(e.order_id, sign * e.amount, e.rows, e.order_id) for e in entries if e.amount]


def _in(day: date, matter: Matter) -> bool:
    return matter.span.start <= day <= matter.span.through
