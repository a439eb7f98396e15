"""Ties two numbers: applies the steps in their order, and leaves what they do not explain, unit by unit.

A unit is what both sides can be compared by: an order, a day, or a payout statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kpiterm.analysis.bridge.exchange import told_apart
from kpiterm.analysis.bridge.result import Bridge, Case, DayOff, Note, Ours, Source, Step, Tolerance
from kpiterm.analysis.format import plain
from kpiterm.analysis.view import State

_MOST_DAYS = 10
ONE_SIDED = ("only_source", "only_ours")
_NONE = Decimal(0)


class Piece(NamedTuple):
    """Some rows of one unit, and what they come to; `rate` is by what an amount of another currency was converted."""

    unit: str
    amount: Decimal
    rows: int
    example: str
    rate: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A possible step. One that is `sure` follows from the rows alone. Any other is a guess about how the source
    counts: it is taken where it halves at least what is left on the units that it touches, one of each code."""

    code: str
    pieces: tuple[Piece, ...]
    sure: bool = False
    note: Note | None = None


def bridge(
    case: Case,
    source: Source,
    ours: Ours,
    theirs: Sequence[Piece],
    mine: Sequence[Piece],
    moves: Sequence[Move],
    days: Mapping[str, date],
    note: Note | None = None,
) -> Bridge:
    """The bridge over `moves`, in their order. `days` puts units on days; those of none take no part in `days`."""
    start, end = _by_unit(theirs), _by_unit(mine)
    left = {unit: end.get(unit, _NONE) - start.get(unit, _NONE) for unit in {*start, *end}}
    source, exchanged = told_apart(source, [piece[1:] for piece in theirs])
    steps = (*exchanged, *_steps(moves, left))
    residual = sum(left.values(), _NONE)
    value = sum(end.values(), _NONE)
    off = _days(left, start, end, days)
    base = value or sum(start.values(), _NONE)
    return Bridge(
        kpi=case.kpi,
        channel=case.channel,
        currency=case.currency,
        period=case.span,
        source=source,
        ours=ours,
        steps=steps,
        residual=residual,
        residual_share=residual / abs(base) if base else None,
        state=_state(residual, base, off, steps, case.tolerance),
        days=tuple(off[:_MOST_DAYS]),
        note=note,
    )


def total(pieces: Iterable[Piece]) -> tuple[Decimal, int]:
    """Their amount and their rows."""
    found = list(pieces)
    return sum((p.amount for p in found), _NONE), sum(p.rows for p in found)


def _by_unit(pieces: Iterable[Piece]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for piece in pieces:
        found[piece.unit] += piece.amount
    return dict(found)


def _steps(moves: Sequence[Move], left: dict[str, Decimal]) -> tuple[Step, ...]:
    """Applies what is sure, then one guess after the other, the best first; `left` is what remains."""
    taken: dict[str, list[Move]] = defaultdict(list)
    for move in (m for m in moves if m.sure):
        _apply(move, left)
        taken[move.code].append(move)
    while best := _best([move for move in moves if not taken[move.code]], left):
        _apply(best, left)
        taken[best.code].append(best)
    return tuple(_step(code, taken[code], moves) for code in dict.fromkeys(m.code for m in moves))


def _apply(move: Move, left: dict[str, Decimal]) -> None:
    for unit, amount in _by_unit(move.pieces).items():
        left[unit] = left.get(unit, _NONE) - amount


def _best(guesses: Sequence[Move], left: Mapping[str, Decimal]) -> Move | None:
    """The guess that explains most, if it halves at least what is left on the units that it touches."""
    gains = [(gain, -n) for n, guess in enumerate(guesses) if (gain := _gain(guess, left))]
    return guesses[-max(gains)[1]] if gains else None


def _gain(guess: Move, left: Mapping[str, Decimal]) -> Decimal:
    amounts = {unit: amount for unit, amount in _by_unit(guess.pieces).items() if amount}
    before = sum((abs(left.get(unit, _NONE)) for unit in amounts), _NONE)
    after = sum((abs(left.get(unit, _NONE) - amount) for unit, amount in amounts.items()), _NONE)
    return before - after if after * 2 <= before else _NONE


def _step(code: str, taken: Sequence[Move], moves: Sequence[Move]) -> Step:
    if taken:
        pieces = [piece for move in taken for piece in move.pieces]
        amount, rows = total(pieces)
        example = max(pieces, key=lambda p: (abs(p.amount), p.example)).example if pieces else None
        note = next((move.note for move in taken if move.note and move.pieces), None)
        return Step(code=code, amount=amount, rows=rows, example=example, note=note)
    amounts = {total(move.pieces)[0] for move in moves if move.code == code and move.pieces}
    note = Note("tried", (plain(max(map(abs, amounts))),)) if amounts else None
    return Step(code=code, amount=_NONE, rows=0, example=None, note=note)


def _days(
    left: Mapping[str, Decimal], start: Mapping[str, Decimal], end: Mapping[str, Decimal], days: Mapping[str, date]
) -> list[DayOff]:
    sums: dict[date, list[Decimal]] = defaultdict(lambda: [_NONE] * 3)
    for unit in {*left, *start, *end} & days.keys():
        for n, side in enumerate((left, start, end)):
            sums[days[unit]][n] += side.get(unit, _NONE)
    off = [DayOff(day, *values) for day, values in sums.items() if values[0]]
    return sorted(off, key=lambda d: (-abs(d.residual), d.day))


def _state(
    residual: Decimal, base: Decimal, off: Sequence[DayOff], steps: Sequence[Step], tolerance: Tolerance
) -> State:
    """Within the tolerance in all, a bridge is still to be watched where its days cancel each other out, or where
    orders that only one side knows make up more: they have a name, but no cause."""
    limit = max(tolerance.absolute, tolerance.share * abs(base))
    if abs(residual) > limit:
        return "breach"
    one_sided = sum(abs(step.amount) for step in steps if step.code in ONE_SIDED)
    return "watch" if max(sum(abs(d.residual) for d in off), one_sided) > limit else "ok"
