"""A KPI's definition: what is counted, by which date, over what, and what counts as good."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Literal, cast

from kpiterm.analysis.kpi.fragment import Fragment
from kpiterm.analysis.kpi.relations import RELATIONS
from kpiterm.analysis.view import Target
from kpiterm.i18n import N_
from kpiterm.plugins import facts

Kind = Literal[
    "sum", "distinct", "ratio", "weighted", "last", "last_ratio", "percentile", "growth", "share", "net",
]  # fmt: skip
Unit = Literal["ratio", "money", "count", "hours", "days"]
Direction = Literal["up", "down"]
Against = Literal["before", "year"]
Group = Literal["sales", "profit", "ads", "traffic", "customers", "health", "stock", "market", "other"]
DERIVED = frozenset({"growth", "share", "net"})
RATIOS = frozenset({"ratio", "weighted", "last_ratio"})
READINGS = frozenset({"last", "last_ratio"})
REMEDY = N_("run `kpiterm sync`, or `kpiterm import FILE`")
SECONDS = {"hours": 3600, "days": 86400}
ESTIMATES = frozenset({"market_estimate", "keyword_rank", "market", "stock_out"})
"""What is estimated: no party can sign what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is read from the store: `numerator` and `denominator` over rows of `table` that pass `where`, by `day`.

    `day` is a business day, or a moment that is cut into the days of `timezone` (None: the marketplace's own).
    `sources` names the sources that are read, those that win first; empty for all of them. `distinct` counts different
    values of the numerator instead of adding it up. `amounts` says whether numerator and denominator are money.
    """

    table: str
    day: str
    numerator: Fragment
    denominator: Fragment | None = None
    where: Fragment | None = None
    numerator_where: Fragment | None = None
    denominator_where: Fragment | None = None
    timezone: str | None = None
    sources: tuple[str, ...] = ()
    distinct: bool = False
    amounts: tuple[bool, bool] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        columns = columns_of(self.table)

        def reads_money(part: Fragment | None) -> bool:
            return part is not None and any(columns.get(name) == facts.MONEY for name in part.columns)

        amounts = reads_money(self.numerator), reads_money(self.denominator)
        # Asked for at every value of the board, and found out once.
        object.__setattr__(self, "amounts", (False, False) if self.distinct or "currency" not in columns else amounts)

    @property
    def is_money(self) -> bool:
        """Whether amounts are added, so that currencies must be kept apart."""
        return any(self.amounts)

    @property
    def is_timely(self) -> bool:
        """Whether it depends on the moment of the question, so that no sum of it can be kept."""
        return any("{as_of}" in part for key, part in self.document().items() if key != "table")

    def document(self) -> dict[str, str]:
        """The measure as plain texts, parts that are not given left out."""
        found = {}
        for name in (f.name for f in fields(self) if f.init):
            value = getattr(self, name)
            if isinstance(value, Fragment):
                found[name] = value.sql
            elif value:
                found[name] = " ".join(value) if isinstance(value, tuple) else str(value).lower()
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a KPI. kinds:

    sum         Σ numerator
    distinct    different values of a column, counted once a day
    ratio       Σ numerator ÷ Σ denominator
    weighted    Σ value x weight ÷ Σ weight
    last        Σ numerator over the last reading of each account and channel in the period
    last_ratio  Σ ÷ Σ over the same
    percentile  the `quantile` of the expression by nearest rank; seconds, where the unit is hours or days
    growth      `of` in the period over `of` in the period before (or a year before), less one; as many elapsed days
    share       one KPI ÷ another
    net         KPIs added and subtracted

    `window` reads the so many days that end with the period's last day instead of the period. `per_day` divides by the
    days. The channels of one that is kept `apart` are never taken together. `like_for_like` compares
    only accounts that have data in both periods. `minimum` is the smallest sample
    (denominator of a ratio, else rows) on which a target is judged: below it, a met or missed target is "watch".
    `instead` names the KPI that is read where this one has no rows at all in a period. `owner` says whose number it is.
    `none_is_zero` says that a period which was read and has no rows is a zero, not a gap. `remedy` tells what
    to do where there is no data; `{period}` and `{kpi}` stand for them.
    """

    id: str
    version: int
    kind: Kind
    unit: Unit
    direction: Direction
    name: Mapping[str, str]
    sentence: Mapping[str, str]
    basis: str
    group: Group = "other"
    owner: str = ""
    measure: Measure | None = None
    of: str | None = None
    against: Against = "before"
    like_for_like: bool = False
    part: str | None = None
    whole: str | None = None
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    window: int | None = None
    per_day: bool = False
    apart: bool = False
    none_is_zero: bool = False
    instead: str | None = None
    quantile: Decimal | None = None
    target: Target | None = None
    minimum: Decimal | None = None
    remedy: str = REMEDY
    origin: str = "built in"

    refers: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """The KPIs that it is computed from."""
    _hash: list[str] = field(init=False, compare=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        names = (self.of, self.part, self.whole, *self.plus, *self.minus)
        object.__setattr__(self, "refers", tuple(filter(None, names)))

    @property
    def is_reading(self) -> bool:
        return self.kind in READINGS

    @property
    def is_mean_reading(self) -> bool:
        """Whether it is the mean of the days that were read: a state is not zero on a day on which nobody looked."""
        relation = RELATIONS.get(self.measure.table) if self.measure and self.per_day else None
        return relation is not None and relation.readings

    @property
    def hash(self) -> str:
        """Fingerprint of everything that the definition says, whatever file it stands in."""
        if not self._hash:
            self._hash.append(f"sha256:{hashlib.sha256(_json(canonical(self)).encode()).hexdigest()}")
        return self._hash[0]


def columns_of(table: str) -> Mapping[str, str]:
    """Columns and types of a canonical table, or of a relation that is made of some."""
    if relation := RELATIONS.get(table):
        return relation.columns
    return {column.name: column.type for column in facts.TABLES[table].all_columns}


def canonical(definition: Definition) -> dict[str, object]:
    """The definition as plain JSON values, parts that are not given (or are what they are by default) left out."""
    d, m = definition, definition.measure
    parts: dict[str, object] = {
        "id": d.id, "version": d.version, "kind": d.kind, "unit": d.unit, "direction": d.direction,
        "name": dict(d.name), "sentence": dict(d.sentence), "basis": d.basis, "of": d.of,
        "against": d.against if d.against != "before" else None, "like_for_like": d.like_for_like or None,
        "part": d.part, "whole": d.whole, "plus": list(d.plus) or None, "minus": list(d.minus) or None,
        "window": d.window, "per_day": d.per_day or None, "apart": d.apart or None,
        "none_is_zero": d.none_is_zero or None,
        "instead": d.instead, "quantile": _text(d.quantile),
        "target": f"{d.target.op} {_text(d.target.value)}" if d.target else None, "minimum": _text(d.minimum),
        "remedy": d.remedy,
    }  # fmt: skip
    parts |= cast("dict[str, object]", m.document()) if m else {}
    return {key: value for key, value in parts.items() if value is not None}


def _json(document: Mapping[str, object]) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
