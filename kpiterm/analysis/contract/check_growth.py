"""What a growth target asks for, month after month."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.model import KpiTerms
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.i18n import said

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
        flat_days = said("sales that are the same every day give {0} in February and {1} in March", flat, back)
        asked = f"{agreed.target.op} {digits(100 * target)} %"
        needed = said("{0} needs {1} more per day in February and {2} in March", asked, february, march)
        yield "target", said("raw month over month: {0}; {1}; gmv_mom_day compares days", flat_days, needed)
    if target > 0:
        year, half = ((1 + target) ** months for months in (12, 6))
        yield "target", said("every month it comes to x {0:.3f} in a year, x {1:.3f} in six months", year, half)


def _percent(value: Decimal) -> str:
    return f"{100 * value:+.2f} %"
