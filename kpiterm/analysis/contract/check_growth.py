"""What a growth target asks for, month after month."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.model import KpiTerms
from kpiterm.analysis.kpi.definition import Definition

_LONG, _SHORT = 31, 28  # January and February


def growth_doubts(agreed: KpiTerms, definition: Definition, base: Definition | None) -> Iterator[tuple[str, str]]:
    """A target on growth over the month before: what February needs, and what a year of it comes to.
    `base` is what grows."""
    if definition.kind != "growth" or definition.against != "before" or agreed.lower_is_better:
        return
    target = agreed.target.value
    if definition.window is None and base is not None and base.kind in {"sum", "distinct", "net"} and not base.per_day:
        flat, back = _percent(Decimal(_SHORT) / _LONG - 1), _percent(Decimal(_LONG) / _SHORT - 1)
        february, march = (
            _percent((1 + target) * before / after - 1) for before, after in ((_LONG, _SHORT), (_SHORT, _LONG))
        )
        flat_days = f"sales that are the same every day give {flat} % in February and {back} % in March"
        asked = f"{agreed.target.op} {digits(100 * target)} %"
        needed = f"{asked} needs {february} % more per day in February and {march} % in March"
        yield "target", f"raw month over month: {flat_days}; {needed}; gmv_mom_day compares days"
    if target > 0:
        year, half = ((1 + target) ** months for months in (12, 6))
        yield "target", f"every month it comes to x {year:.3f} in a year, x {half:.3f} in six months"


def _percent(value: Decimal) -> str:
    return f"{100 * value:+.2f}"
