"""From the lines as computed to the frozen cause: totals, the largest lines, the rest, each sum exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import fsum

from kpiterm.analysis.cause.lmdi import Parts
from kpiterm.analysis.cause.result import NO_OUTAGE, Amounts, Kind, Line, Note, Outage, Rest
from kpiterm.analysis.cause.settle import Row, grid, rounded

_LEADS = ("price", "new", "lost", "restocked", "out_of_stock")
_MATERIAL = 0.002  # of the whole
Levels = Mapping[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A line before rounding; `change` and `parts` are floats, `before` and `after` exact."""

    channel: str
    key: str | None
    name: str
    kind: Kind
    before: Decimal | None
    after: Decimal | None
    change: float
    parts: Parts
    out: Outage = NO_OUTAGE
    prices: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """All lines of a KPI; `before` and `after` are its values, the lines' sums where they are not given."""

    lines: Sequence[Draft]
    currency: str | None
    notes: Sequence[Note] = ()
    levels: Levels = field(default_factory=dict)
    before: Decimal | None = None
    after: Decimal | None = None
    components: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """The parts of a Cause that come from its lines."""

    before: Decimal
    after: Decimal
    parts: Amounts
    lines: tuple[Line, ...]
    rest: Rest | None
    counts: Mapping[Kind, int]
    rises: Decimal
    falls: Decimal
    risen: int
    fallen: int
    out: int
    out_change: Decimal
    out_lost: Decimal
    leads: Mapping[str, Line]


def assemble(drafts: Drafts, *, quantum: Decimal, top: int) -> Assembled:
    """Everything in multiples of `quantum`; the `top` lines by the size of their change, the rest together."""
    before = _value(drafts.before, (d.before for d in drafts.lines), quantum)
    after = _value(drafts.after, (d.after for d in drafts.lines), quantum)
    moved = sorted((d for d in drafts.lines if d.parts), key=lambda d: (-abs(d.change), d.channel, d.name))
    told, others = moved[:top], moved[top:]
    whole = Row(after - before, _totals(moved))
    cells = grid(whole, [Row(d.change, d.parts) for d in told], has_rest=bool(others), quantum=quantum)
    least = float(max(abs(before), abs(after))) * _MATERIAL
    out = [d for d in moved if d.out.after]
    rises = rounded(fsum(d.change for d in moved if d.change > 0), quantum)
    return Assembled(
        before=before,
        after=after,
        parts=cells.parts,
        lines=tuple(_line(draft, parts) for draft, parts in zip(told, cells.rows, strict=True)),
        rest=Rest(len(others), sum(cells.rest.values(), Decimal(0)), cells.rest) if cells.rest is not None else None,
        counts=Counter(d.kind for d in drafts.lines),
        rises=rises,
        falls=after - before - rises,
        risen=sum(1 for d in moved if d.change > 0),
        fallen=sum(1 for d in moved if d.change < 0),
        out=len(out),
        out_change=rounded(fsum(d.change for d in out), quantum),
        leads={name: _line(d, _exact(d, quantum)) for name in _LEADS if (d := _lead(moved, name, least))},
        out_lost=sum((d.out.lost for d in out if d.out.lost), Decimal(0)),
    )


def _lead(moved: Sequence[Draft], name: str, least: float) -> Draft | None:
    """The line with the largest part of a factor, if it is worth saying."""
    found = [draft for draft in moved if abs(draft.parts.get(name, 0.0)) >= least]
    return max(found, key=lambda d: abs(d.parts[name])) if found and len(moved) > 1 else None


def _exact(draft: Draft, quantum: Decimal) -> Amounts:
    return {name: rounded(amount, quantum) for name, amount in draft.parts.items()}


def _value(given: Decimal | None, values: Iterable[Decimal | None], quantum: Decimal) -> Decimal:
    return rounded(sum((v for v in values if v), Decimal(0)) if given is None else given, quantum)


def _totals(drafts: Iterable[Draft]) -> Parts:
    found: dict[str, list[float]] = {}
    for draft in drafts:
        for name, amount in draft.parts.items():
            found.setdefault(name, []).append(amount)
    return {name: fsum(amounts) for name, amounts in found.items()}


def _line(draft: Draft, parts: Amounts) -> Line:
    return Line(
        channel=draft.channel,
        key=draft.key,
        name=draft.name,
        title=None,
        kind=draft.kind,
        before=draft.before,
        after=draft.after,
        change=sum(parts.values(), Decimal(0)),
        parts=parts,
        out=draft.out,
        prices=draft.prices,
    )
