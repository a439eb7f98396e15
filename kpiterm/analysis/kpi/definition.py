"""A KPI's definition: what is counted, by which date, over what, and what counts as good."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kpiterm.analysis.kpi.fragment import Fragment
from kpiterm.analysis.view import Target
from kpiterm.plugins import facts

Kind = Literal["sum", "ratio", "growth", "last_ratio", "percentile"]
Unit = Literal["ratio", "money", "count", "hours", "days"]
Direction = Literal["up", "down"]
REMEDY = "run `kpiterm sync`, or `kpiterm import FILE`"
SECONDS = {"hours": 3600, "days": 86400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is read from the store: `numerator` and `denominator` over rows of `table` that pass `where`."""

    table: str
    day: str
    numerator: Fragment
    denominator: Fragment | None = None
    where: Fragment | None = None
    numerator_where: Fragment | None = None
    denominator_where: Fragment | None = None

    @property
    def is_money(self) -> bool:
        """Whether amounts are added, so that currencies must be kept apart."""
        parts = (self.numerator, self.denominator)
        read = {name for part in parts if part for name in part.columns}
        return any(c.type == facts.MONEY and c.name in read for c in facts.TABLES[self.table].columns) and any(
            c.name == "currency" for c in facts.TABLES[self.table].columns
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a KPI. kinds:

    sum         Σ numerator
    ratio       Σ numerator ÷ Σ denominator
    growth      `of` in the period over `of` in the period before, less one; over as many elapsed days
    last_ratio  Σ ÷ Σ over the last reading of each account and channel in the period
    percentile  the `quantile` of the expression by nearest rank; seconds, where the unit is hours or days

    `minimum` is the smallest sample (denominator of a ratio, else rows) on which a target is judged: below it, a met
    or missed target is "watch". `instead` names the KPI that is read where this one has no rows at all in a period.
    `remedy` tells what to do where there is no data; `{period}` stands for the period.
    """

    id: str
    version: int
    kind: Kind
    unit: Unit
    direction: Direction
    name: Mapping[str, str]
    sentence: Mapping[str, str]
    basis: str
    measure: Measure | None = None
    of: str | None = None
    instead: str | None = None
    quantile: Decimal | None = None
    target: Target | None = None
    minimum: Decimal | None = None
    remedy: str = REMEDY
    origin: str = "built in"

    @property
    def hash(self) -> str:
        """Fingerprint of everything that the definition says, whatever file it stands in."""
        document = json.dumps(canonical(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return f"sha256:{hashlib.sha256(document.encode()).hexdigest()}"


def canonical(definition: Definition) -> dict[str, object]:
    """The definition as plain JSON values, parts that are not given left out."""
    d, m = definition, definition.measure
    parts: dict[str, object] = {
        "id": d.id, "version": d.version, "kind": d.kind, "unit": d.unit, "direction": d.direction,
        "name": dict(d.name), "sentence": dict(d.sentence), "basis": d.basis, "of": d.of,
        "instead": d.instead, "quantile": _text(d.quantile),
        "target": f"{d.target.op} {_text(d.target.value)}" if d.target else None, "minimum": _text(d.minimum),
        "remedy": d.remedy,
    }  # fmt: skip
    if m:
        fragments = ("numerator", "denominator", "where", "numerator_where", "denominator_where")
        parts |= {"table": m.table, "day": m.day}
        parts |= {key: part.sql for key in fragments if (part := getattr(m, key))}
    return {key: value for key, value in parts.items() if value is not None}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
