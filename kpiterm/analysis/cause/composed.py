"""A change in a KPI that is made of others: added and subtracted (net), or one over another (share).

Σ s·x, or Σ s·x ÷ Σ t·x, over the measured KPIs x. Of a net, each KPI's own change is its part. Of a share, a change
of x counts above the line at the mean of 1 ÷ whole, and below it at the mean of the part: exact for any sign and for
lines of one side, so that nothing is left over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from kpiterm.analysis.cause.assemble import Draft, Drafts
from kpiterm.analysis.cause.exchange import in_one
from kpiterm.analysis.cause.lines import Sums, named_by, numerator, read_lines
from kpiterm.analysis.cause.lmdi import Parts
from kpiterm.analysis.cause.result import By, Note
from kpiterm.analysis.cause.rows import SKU_LEVELS, Sides
from kpiterm.analysis.kpi.compile import Days
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.figures import read_parts
from kpiterm.analysis.kpi.frame import Question, windowed
from kpiterm.analysis.view import Span
from kpiterm.errors import UsageError
from kpiterm.i18n import named

_ZERO = Decimal(0)
_KINDS = frozenset({"sum", "distinct", "last"})
Line = tuple[str, str | None]  # channel and key
Pair = tuple[Decimal, Decimal]  # before, after


class Term(NamedTuple):
    """A measured KPI with what it counts above the line and below it."""

    leaf: Definition
    above: int
    below: int


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a measured KPI came to, line by line; `known` says whether it had any rows before and after. `names` are
    the lines' own, where they have one."""

    by_line: Mapping[Line, Pair]
    known: tuple[bool, bool]
    names: Mapping[Line, str]


def terms_of(question: Question, base: Definition) -> list[Term]:
    """The measured KPIs that a net or a share is made of. UsageError for one that is no sum."""
    above, below = _signs(question, base.part or base.id), _signs(question, base.whole) if base.whole else {}
    names = dict.fromkeys((*above, *below))
    for leaf in (question.catalogue[name] for name in names):
        if leaf.kind not in _KINDS or leaf.is_mean_reading:
            raise UsageError(
                f"{base.id} cannot be taken apart: it is made of {leaf.id}, which is no sum of its lines",
                hint=f"`kpiterm kpi show {leaf.id}` shows each channel's own value",
            )
    return [Term(question.catalogue[name], above.get(name, 0), below.get(name, 0)) for name in names]


def _signs(question: Question, name: str) -> dict[str, int]:
    definition = question.catalogue[name]
    if not definition.refers:
        return {name: 1}
    if definition.kind != "net" or definition.per_day:
        raise UsageError(
            f"{name} cannot be taken apart: a KPI of kind {definition.kind} is no sum of its lines",
            hint=f"`kpiterm kpi show {name}` shows each channel's own value",
        )
    found: dict[str, int] = {}
    for sign, names in ((1, definition.plus), (-1, definition.minus)):
        for part in names:
            for leaf, own in _signs(question, part).items():
                found[leaf] = found.get(leaf, 0) + sign * own
    return found


def composed_drafts(question: Question, base: Definition, sides: Sides, by: By) -> Drafts:
    """The lines of a net or a share; UsageError where it is undefined on either side, or in several currencies."""
    terms = terms_of(question, base)
    leaves = [leaf for term in terms for leaf in _with_stand_in(question, term.leaf)]
    read, currency = in_one(question, [(leaf, _windowed(leaf, sides)) for leaf in leaves])
    found = {leaf.id: (leaf, own) for leaf, own in read}
    amounts = [_amounts(question, term.leaf, found, by) for term in terms]
    names = {line: name for each in amounts for line, name in each.names.items()}
    notes = list(_unknown(question, base, terms, amounts, sides))
    above = _total((term.above, each) for term, each in zip(terms, amounts, strict=True))
    below = _total((term.below, each) for term, each in zip(terms, amounts, strict=True)) if base.whole else None
    if below is not None and not all(below):
        at = sides.against if not below[0] else sides.period
        raise UsageError(
            f"{base.id} is undefined from {at.start} to {at.through}: nothing to divide by",
            hint="choose another --period or --channel",
        )
    weights = [_weight(term, above, below) for term in terms]
    lines = sorted({line for each in amounts for line in each.by_line}, key=lambda n: (n[0], n[1] or ""))
    return Drafts(
        lines=[
            _draft(line, names, terms, [each.by_line.get(line, (_ZERO, _ZERO)) for each in amounts], weights)
            for line in lines
        ],
        currency=currency,
        notes=notes,
        before=above[0] / below[0] if below else above[0],
        after=above[1] / below[1] if below else above[1],
        components={term.leaf.id: named(term.leaf.name, question.config.language) for term in terms},
    )


def _windowed(leaf: Definition, sides: Sides) -> Sides:
    return Sides(windowed(leaf, sides.period), windowed(leaf, sides.against), sides.channel)


def _with_stand_in(question: Question, leaf: Definition) -> list[Definition]:
    return [leaf, *([question.catalogue[leaf.instead]] if leaf.instead and _lacking(question, leaf) else [])]


def _amounts(question: Question, leaf: Definition, found: Mapping[str, tuple[Definition, Sides]], by: By) -> Amounts:
    """Line by line, as the board counts: what is not told by such lines is one line of its channel without a name.
    `found` are the KPIs in one currency, with what is read of them."""
    names: dict[Line, str] = {}
    sides = found[leaf.id][1]
    own = _measured(question, *found[leaf.id], by, names)
    if leaf.instead and leaf.instead in found:
        lacking, other = _lacking(question, leaf), _measured(question, *found[leaf.instead], by, names)
        own |= {line: pair for line, pair in other.items() if line[0] in lacking}
    known = tuple(any(pair[side] is not None for pair in own.values()) for side in (0, 1))
    days = [_days(span) if leaf.per_day else 1 for span in (sides.against, sides.period)]
    return Amounts(
        {line: ((pair[0] or _ZERO) / days[0], (pair[1] or _ZERO) / days[1]) for line, pair in own.items()},
        (known[0], known[1]),
        names,
    )


def _lacking(question: Question, leaf: Definition) -> set[str]:
    """The channels on which the KPI named instead stands in."""
    if not leaf.instead:
        return set()
    own, other = ({c.channel for c in question.covers(d)} for d in (leaf, question.catalogue[leaf.instead]))
    return other - own


def _measured(
    question: Question, leaf: Definition, sides: Sides, by: By, names: dict[Line, str]
) -> dict[Line, tuple[Decimal | None, Decimal | None]]:
    assert leaf.measure is not None
    told = by if leaf.kind == "sum" and named_by(leaf.measure, by) else "channel"
    if leaf.kind != "sum":
        return _of_channels(question, leaf, sides)
    rows = _rows(question, leaf, sides, told)
    lines = {(row.channel, row.key): (row.values[0], row.values[1]) for row in rows}
    names |= {(row.channel, row.key): row.name for row in rows if row.key is not None}
    if told != "sku" or leaf.measure.table not in SKU_LEVELS:
        return lines
    for row in _rows(question, leaf, sides, "channel"):  # the board's own level, which reports by SKU may fall short of
        mine = [pair for (channel, _), pair in lines.items() if channel == row.channel]
        unnamed = lines.get((row.channel, None), (None, None))
        rest = [
            None if whole is None else whole - sum((p[side] or _ZERO for p in mine), _ZERO) + (unnamed[side] or _ZERO)
            for side, whole in enumerate(row.values)
        ]
        if any(rest):
            lines[row.channel, None] = rest[0], rest[1]
    return lines


def _rows(question: Question, leaf: Definition, sides: Sides, by: By) -> list[Sums]:
    assert leaf.measure is not None
    return read_lines(question, leaf, sides, by, {"upper": numerator(leaf.measure)})[0]


def _of_channels(
    question: Question, leaf: Definition, sides: Sides
) -> dict[Line, tuple[Decimal | None, Decimal | None]]:
    """What can only be counted by channel: distinct orders, and last readings."""
    spans: list[Days] = [(span.start, span.through) for span in (sides.against, sides.period)]
    found = read_parts(question.reader, leaf, sorted(set(spans)), question.reader.as_of)
    lines: dict[Line, list[Decimal | None]] = {}
    for side, span in enumerate(spans):
        for part in found.get(span, ()):
            if part.channel and part.account and sides.channel in {None, part.channel} and part.numerator is not None:
                pair = lines.setdefault((part.channel, None), [None, None])
                pair[side] = (pair[side] or _ZERO) + part.numerator
    return {line: (pair[0], pair[1]) for line, pair in lines.items()}


def _unknown(
    question: Question, base: Definition, terms: Sequence[Term], amounts: Sequence[Amounts], sides: Sides
) -> list[Note]:
    """Notes on what is not known before or after and taken for nothing; UsageError where all depends on it."""
    notes = []
    for term, found in zip(terms, amounts, strict=True):
        if all(found.known) or term.leaf.none_is_zero:
            continue
        if term.above >= 0 and not (term.above == 0 and any(found.known)):
            span = sides.against if not found.known[0] else sides.period
            raise UsageError(
                f"{base.id}: {term.leaf.id} has no data from {span.start} to {span.through}",
                hint="choose another --period; " + term.leaf.remedy.replace("{kpi}", term.leaf.id),
            )
        name = named(term.leaf.name, question.config.language)
        notes.append(Note("not_deducted" if not any(found.known) else "one_side_unknown", (name,)))
    return notes


def _total(parts: Iterable[tuple[int, Amounts]]) -> Pair:
    sums = [_ZERO, _ZERO]
    for sign, found in parts:
        for pair in found.by_line.values():
            for side in (0, 1):
                sums[side] += sign * pair[side]
    return sums[0], sums[1]


def _weight(term: Term, above: Pair, below: Pair | None) -> Decimal:
    """What a change of one unit of the KPI moves."""
    if below is None:
        return Decimal(term.above)
    mean = (1 / below[0] + 1 / below[1]) / 2
    return term.above * mean - term.below * (above[0] + above[1]) / 2 / (below[0] * below[1])


def _draft(
    line: Line, names: Mapping[Line, str], terms: Sequence[Term], pairs: Sequence[Pair], weights: Sequence[Decimal]
) -> Draft:
    changes = {
        term.leaf.id: (after - before) * weight
        for term, (before, after), weight in zip(terms, pairs, weights, strict=True)
        if after != before
    }
    own = [_own(terms, pairs, side) for side in (0, 1)]
    parts: Parts = {name: float(change) for name, change in changes.items()}
    channel, key = line
    return Draft(
        channel,
        key,
        names.get(line, key or channel),
        "both",
        own[0],
        own[1],
        float(sum(changes.values(), _ZERO)),
        parts,
    )


def _own(terms: Sequence[Term], pairs: Sequence[Pair], side: int) -> Decimal | None:
    """The line's own value, None where it has nothing to divide by."""
    above = sum((term.above * pair[side] for term, pair in zip(terms, pairs, strict=True)), _ZERO)
    below = sum((term.below * pair[side] for term, pair in zip(terms, pairs, strict=True)), _ZERO)
    if not any(term.below for term in terms):
        return above
    return above / below if below else None


def _days(span: Span) -> int:
    return (span.through - span.start).days + 1
