"""Where a period will end: projections of the KPIs that have a target, from their daily series."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from kpiterm.analysis import pacing
from kpiterm.analysis.kpi.definition import RATIOS, Definition
from kpiterm.analysis.kpi.evaluate import Evaluator
from kpiterm.analysis.kpi.frame import Frame, Question, earlier
from kpiterm.analysis.kpi.series import Series, daily_series
from kpiterm.analysis.period import whole
from kpiterm.analysis.view import Projection, Span, Target

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Paths = NDArray[np.float64]

MONTHS = 25  # of history: with two years the season can be told from chance
_UNPACED = frozenset({"last", "last_ratio", "percentile"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A KPI on a channel whose period is not over."""

    frame: Frame
    evaluator: Evaluator
    target: Target | None

    @property
    def definition(self) -> Definition:
        return self.frame.definition


def can_be_paced(question: Question, definition: Definition) -> bool:
    """Whether the KPI grows or averages over the days of its period, so that the days to come can be simulated."""
    parts = [definition, *(question.catalogue[name] for name in definition.refers)]
    nested = all(can_be_paced(question, question.catalogue[name]) for name in definition.refers)
    return nested and all(d.kind not in _UNPACED and d.window is None for d in parts)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a KPI will end: its projection, the denominator that it will have then, and its last days' sums."""

    projection: Projection | None = None
    denominator: Decimal | None = None
    daily: tuple[tuple[Decimal, Decimal], ...] = ()


NOTHING = Outlook()


def projections(question: Question, cases: Sequence[Ahead]) -> dict[tuple[str, str], Outlook]:
    """By KPI and channel. Those that end on the same day are simulated together: what sells more is clicked more."""
    groups: dict[tuple[str, Span], list[Ahead]] = {}
    for case in cases:
        span = case.frame.span
        if span.start <= span.through < span.end and case.frame.today <= span.end + timedelta(days=1):
            groups.setdefault((case.frame.name, span), []).append(case)
    if not groups:
        return {}
    leaves = {leaf.id: leaf for group in groups.values() for case in group for leaf in case.frame.leaves}
    first = min(span.start for _, span in groups) - timedelta(days=31 * MONTHS)
    series = daily_series(question, list(leaves.values()), first)
    found = {}
    for (name, span), group in groups.items():
        rest = _simulated(group, span, series, seed=zlib.crc32(f"{name} {span.start}".encode()))
        for case in group:
            values = _Path(case.evaluator, span, rest).value(case.definition) if rest.sums else None
            if values is not None:
                projection = pacing.summary(values, case.target)
                found[case.definition.id, name] = Outlook(projection, *_recent(case, span, rest, series))
    return found


def _recent(
    case: Ahead, span: Span, rest: _Rest, series: Series
) -> tuple[Decimal | None, tuple[tuple[Decimal, Decimal], ...]]:
    """The denominator at the end and the last fourteen days, of a ratio; a growth or a sum has neither."""
    definition, evaluator = case.definition, case.evaluator
    pair = series.of(definition, evaluator.channel, evaluator.stand_ins, span.through)
    done = evaluator.value(definition, span).denominator
    if definition.kind not in RATIOS or pair is None or done is None or definition.id not in rest.sums:
        return None, ()
    ahead = float(rest.sums[definition.id][1].mean())
    days = [(float(a), float(b)) for a, b in zip(pair[0][-14:], pair[1][-14:], strict=True)]
    known = tuple((round(Decimal(a), 4), round(Decimal(b), 4)) for a, b in days if math.isfinite(a + b))
    return done + round(Decimal(ahead), 4) if math.isfinite(ahead) else None, known


@dataclass(frozen=True, slots=True)
class _Rest:
    """Simulated sums of the days to come, by measured KPI: numerators and denominators of each path."""

    sums: Mapping[str, tuple[Paths, Paths]] = field(default_factory=dict)


def _simulated(group: Sequence[Ahead], span: Span, series: Series, *, seed: int) -> _Rest:
    import numpy as np

    evaluator = group[0].evaluator
    leaves = sorted({leaf.id: leaf for case in group for leaf in case.frame.leaves}.items())
    columns = {kpi: series.of(leaf, evaluator.channel, evaluator.stand_ins, span.through) for kpi, leaf in leaves}
    known = {kpi: pair for kpi, pair in columns.items() if pair is not None}
    if not known:
        return _Rest()
    history = np.column_stack([column for pair in known.values() for column in pair])
    paths = pacing.remaining(history, series.first, span.through, span.end, seed=seed)
    if paths is None:
        return _Rest()
    return _Rest({kpi: (paths[:, 2 * n], paths[:, 2 * n + 1]) for n, kpi in enumerate(known)})


@dataclass(frozen=True, slots=True)
class _Path:
    """A KPI's value at the end of the period on every path: what is done so far, and the rest."""

    evaluator: Evaluator
    span: Span
    rest: _Rest

    def value(self, definition: Definition) -> Paths | None:
        catalogue = self.evaluator.question.catalogue
        parts = [self.value(catalogue[name]) for name in definition.refers]
        if any(part is None for part in parts[: len(definition.plus) or None]):
            return None
        match definition.kind:
            case "growth":
                return self._growth(definition, parts[0])
            case "share":
                return _over(parts[0], parts[1])
            case "net":
                return self._net(definition, parts)
            case _:
                return self._measured(definition)

    def _measured(self, definition: Definition) -> Paths | None:
        done, rest = self.evaluator.value(definition, self.span), self.rest.sums.get(definition.id)
        if done.value is None or done.numerator is None or rest is None:
            return None
        upper = float(done.numerator) + rest[0]
        if definition.kind in RATIOS:
            found = _over(upper, float(done.denominator or 0) + rest[1])
            return found.clip(0, 1) if found is not None and _is_part_of_whole(definition) else found
        days = (self.span.end - self.span.start).days + 1
        return upper / days if definition.per_day else upper

    def _growth(self, definition: Definition, now: Paths | None) -> Paths | None:
        assert definition.of
        before = earlier(definition, whole(self.span))
        base = self.evaluator.value(self.evaluator.question.catalogue[definition.of], before).value
        return None if now is None or not base or base < 0 else now / float(base) - 1.0

    def _net(self, definition: Definition, parts: Sequence[Paths | None]) -> Paths | None:
        import numpy as np

        signs = [1.0] * len(definition.plus) + [-1.0] * len(definition.minus)
        known = [sign * part for sign, part in zip(signs, parts, strict=True) if part is not None]
        return np.sum(known, axis=0, dtype=np.float64) if known else None


def _is_part_of_whole(definition: Definition) -> bool:
    """Whether rows are counted over all rows, so that it cannot exceed one."""
    measure = definition.measure
    below = measure.denominator.sql if measure and measure.denominator else ""
    return measure is not None and below == "1" and measure.numerator.sql.startswith("CASE")


def _over(upper: Paths | None, lower: Paths | None) -> Paths | None:
    import numpy as np

    if upper is None or lower is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(upper / lower, dtype=np.float64)
