"""Rounding that adds up, by one rule wherever amounts are shown.

The whole and each line are rounded first; then the parts of each, where the largest part takes the difference. What a
column is then off goes to the row of the rest; without one, to the line with the most parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import TypeVar

from kpiterm.analysis.cause.result import FACTORS, KINDS, Amounts, Cause, Rest

Number = float | Decimal
Key = TypeVar("Key", str, int)


@dataclass(frozen=True, slots=True)
class Row:
    """A line's change and its parts, before rounding."""

    change: Number
    parts: Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rounded amounts that add up along rows and columns; `rest` is None where all lines are among the rows."""

    parts: Amounts
    rows: tuple[Amounts, ...]
    rest: Amounts | None


def grid(whole: Row, rows: Sequence[Row], *, has_rest: bool, quantum: Decimal) -> Grid:
    """Everything in multiples of `quantum`; `whole.change` is one already."""
    total = Decimal(whole.change)
    changes = dict(enumerate(rounded(row.change, quantum) for row in rows))
    if rows and not has_rest:
        changes = _fitted(changes, total)
    cells = [settle(row.parts, changes[number], quantum) for number, row in enumerate(rows)]
    told = _sums(cells)
    if has_rest:
        parts = settle(whole.parts, total, quantum)
        return Grid(parts, tuple(cells), _less(parts, told))
    # Lines of one side have a single part each, so that their columns are right as they are.
    sided = {name: amount for name, amount in told.items() if name in KINDS}
    shared = {name: amount for name, amount in whole.parts.items() if name not in KINDS}
    parts = settle(shared, total - sum(sided.values(), Decimal(0)), quantum) if shared else {}
    parts = {name: {**parts, **sided}[name] for name in _ordered({**parts, **sided})}
    if cells:
        most = max(range(len(cells)), key=lambda number: (len(cells[number]), abs(changes[number])))
        cells[most] = _sums([cells[most], _less(parts, told)])
    return Grid(parts, tuple(cells), None)


def settle(parts: Mapping[str, Number], change: Decimal, quantum: Decimal) -> Amounts:
    """`parts` in multiples of `quantum` that sum to `change`; the largest part takes the difference, none is zero."""
    known = {name: rounded(parts[name], quantum) for name in _ordered(parts)}
    fitted = _fitted(known or {"other": Decimal(0)}, change)
    return {name: amount for name, amount in fitted.items() if amount}


def rounded(value: Number, quantum: Decimal) -> Decimal:
    """`value` to the nearest multiple of `quantum`, however large it is."""
    with localcontext() as context:
        context.prec = 60
        return Decimal(value).quantize(quantum, ROUND_HALF_EVEN)


def shown(cause: Cause, quantum: Decimal) -> Cause:
    """The same cause in the digits that people read: still every sum is exact. `after` and the change are rounded
    themselves, so that they are the board's; `before` is their difference."""
    after, change = rounded(cause.after, quantum), rounded(cause.change, quantum)
    rows = [Row(line.change, line.parts) for line in cause.lines]
    cells = grid(Row(change, cause.parts), rows, has_rest=cause.rest is not None, quantum=quantum)
    lines = (
        replace(line, change=sum(parts.values(), Decimal(0)), parts=parts)
        for line, parts in zip(cause.lines, cells.rows, strict=True)
    )
    rest = cells.rest if cells.rest is not None else {}
    rises = rounded(cause.rises, quantum)
    return replace(
        cause,
        before=after - change,
        after=after,
        parts=cells.parts,
        lines=tuple(lines),
        rest=Rest(cause.rest.lines, sum(rest.values(), Decimal(0)), rest) if cause.rest else None,
        rises=rises,
        falls=change - rises,
        out_change=rounded(cause.out_change, quantum),
    )


def _fitted(amounts: Mapping[Key, Decimal], total: Decimal) -> dict[Key, Decimal]:
    fitted = dict(amounts)
    largest = max(fitted, key=lambda name: abs(fitted[name]))
    fitted[largest] += total - sum(amounts.values(), Decimal(0))
    return fitted


def _less(amounts: Amounts, others: Amounts) -> Amounts:
    left = {name: amounts.get(name, Decimal(0)) - others.get(name, 0) for name in _ordered({*amounts, *others})}
    return {name: amount for name, amount in left.items() if amount}


def _sums(rows: Iterable[Amounts]) -> Amounts:
    found: dict[str, Decimal] = {}
    for row in rows:
        for name, amount in row.items():
            found[name] = found.get(name, Decimal(0)) + amount
    return {name: found[name] for name in _ordered(found) if found[name]}


def _ordered(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (FACTORS.index(name), "") if name in FACTORS else (-1, name))
