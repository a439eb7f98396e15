"""KPI files to definitions. Every fault names the file, the key and the remedy."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, cast, get_args
from zoneinfo import available_timezones

from kpiterm.analysis.kpi.definition import (
    DERIVED,
    REMEDY,
    SECONDS,
    Against,
    Definition,
    Direction,
    Group,
    Kind,
    Measure,
    Unit,
    columns_of,
)
from kpiterm.analysis.kpi.fragment import Fragment, FragmentError, parse_fragment
from kpiterm.analysis.kpi.relations import RELATIONS
from kpiterm.analysis.view import Target
from kpiterm.config.toml import Section, comparison, did_you_mean, read_toml
from kpiterm.plugins import facts

_ID = r"[a-z][a-z0-9_]{0,39}"


def read_kpis(file: Path, origin: str | None = None) -> list[Definition]:
    """The definitions of one file, in its order."""
    root = read_toml(file)
    found = [_definition(key, section, origin or str(file)) for key, section in root.table("kpi").sections()]
    root.finish()
    return found


def _definition(kpi: str, section: Section, origin: str) -> Definition:
    if not re.fullmatch(_ID, kpi):
        section.fail("", f"KPI id {kpi!r}", "use lower-case letters, digits and '_', at most 40")
    kind = cast("Kind", section.choice("kind", get_args(Kind)))
    definition = Definition(
        id=kpi,
        version=section.integer("version", least=1),
        kind=kind,
        unit=cast("Unit", section.choice("unit", get_args(Unit))),
        direction=cast("Direction", section.choice("direction", get_args(Direction))),
        name=_languages(section.table("name")),
        sentence=_languages(section.table("sentence")),
        basis=section.text("basis"),
        group=cast("Group", section.choice("group", get_args(Group), "other")),
        owner=section.text("owner") if section.has("owner") else "",
        measure=None if kind in DERIVED else _measure(section, kind),
        **_derivation(section, kind),
        window=section.integer("window", least=1, most=366) if section.has("window") else None,
        per_day=section.flag("per_day", default=False),
        apart=section.flag("apart", default=False),
        none_is_zero=section.flag("none_is_zero", default=False),
        instead=section.text("instead", pattern=_ID, like="the id of another KPI") if section.has("instead") else None,
        quantile=_quantile(section) if kind == "percentile" else None,
        target=_target(section),
        minimum=section.decimal("minimum") if section.has("minimum") else None,
        remedy=section.text("remedy", REMEDY),
        origin=origin,
    )
    section.finish()
    _check_unit(section, definition)
    return definition


def _languages(section: Section) -> dict[str, str]:
    texts = {"en": section.text("en"), "zh": section.text("zh")}
    section.finish()
    return texts


def _derivation(section: Section, kind: Kind) -> dict[str, Any]:
    """What the derived kinds are computed from."""
    if kind == "growth":
        return {
            "of": section.text("of", pattern=_ID, like="the id of the KPI that grows"),
            "against": section.choice("against", get_args(Against), "before"),
            "like_for_like": section.flag("like_for_like", default=False),
        }
    if kind == "share":
        return {key: section.text(key, pattern=_ID, like="the id of a KPI") for key in ("part", "whole")}
    if kind == "net":
        return {key: section.texts(key, pattern=_ID, like="ids of KPIs") for key in ("plus", "minus")}
    return {}


def _measure(section: Section, kind: Kind) -> Measure:
    table = section.choice("table", [*facts.TABLES, *RELATIONS])
    columns = dict(columns_of(table))
    days = [name for name, type_ in columns.items() if type_ in {facts.DAY, facts.MOMENT} and name != "loaded_at"]
    day = section.choice("day", days)
    has_denominator = kind in {"ratio", "last_ratio"}
    zone = section.text("timezone") if section.has("timezone") else ""
    if zone and (zone not in available_timezones() or columns[day] == facts.DAY):
        section.fail(
            "timezone", f"found {zone!r}", "name a zone such as Asia/Shanghai, and a moment as `day`, not a day"
        )
    return Measure(
        table=table,
        day=day,
        timezone=zone or None,
        sources=section.texts("sources", pattern=r"[a-z0-9_.-]+", like="sources such as amazon.orders"),
        distinct=kind == "distinct",
        where=_fragment(section, "where", columns),
        **(_weighted(section, columns) if kind == "weighted" else _parts(section, columns, kind, has_denominator)),
    )


def _parts(section: Section, columns: dict[str, str], kind: Kind, has_denominator: bool) -> dict[str, Any]:
    if kind == "distinct":
        column = section.choice("distinct", list(columns))
        return {"numerator": Fragment(column, frozenset({column}))}
    return {
        "numerator": _fragment(section, "numerator", columns, required=True),
        "denominator": _fragment(section, "denominator", columns, required=True) if has_denominator else None,
        "numerator_where": _fragment(section, "numerator_where", columns) if has_denominator else None,
        "denominator_where": _fragment(section, "denominator_where", columns) if has_denominator else None,
    }


def _weighted(section: Section, columns: dict[str, str]) -> dict[str, Any]:
    """A mean of `value` by `weight`: a sum over a sum, of the rows that have both."""
    value = _fragment(section, "value", columns, required=True)
    weight = _fragment(section, "weight", columns, required=True)
    assert value
    assert weight
    read = value.columns | weight.columns
    both = Fragment(f"({value.sql}) IS NOT NULL AND ({weight.sql}) IS NOT NULL", read)
    return {
        "numerator": Fragment(f"({value.sql}) * ({weight.sql})", read),
        "denominator": weight,
        "numerator_where": both,
        "denominator_where": both,
    }


def _fragment(section: Section, key: str, columns: dict[str, str], *, required: bool = False) -> Fragment | None:
    if not section.has(key) and not required:
        return None
    text = section.text(key)
    try:
        return parse_fragment(text, columns, condition=key.endswith("where"))
    except FragmentError as error:
        section.fail(key, error.problem, error.remedy)


def _quantile(section: Section) -> Decimal:
    quantile = section.decimal("quantile")
    if not 0 < quantile < 1:
        section.fail("quantile", f"found {quantile}", 'write a share between 0 and 1, such as "0.9"')
    return quantile


def _target(section: Section) -> Target | None:
    if not section.has("target"):
        return None
    text = section.text("target")
    found = comparison(text)
    if found is None:
        section.fail("target", f"found {text!r}", 'write an operator and a number, such as "<= 0.28"')
    return Target(*found)


def _check_unit(section: Section, definition: Definition) -> None:
    kind, unit = definition.kind, definition.unit
    if kind == "growth" and unit != "ratio":
        section.fail("unit", f"found {unit!r}", 'a growth is a ratio: write "ratio"')
    if kind not in {"percentile", "share"} and unit in SECONDS:
        section.fail("unit", f"found {unit!r}", "only a percentile or a share is in hours or days")
    if unit == "money" and definition.measure and not definition.measure.is_money:
        section.fail("unit", "found 'money', but no amount is read", "read a money column, or change the unit")
    if definition.per_day and kind not in {"sum", "distinct", "net"}:
        section.fail("per_day", f"a {kind} does not grow with the days", "remove it, or use a sum")
    if definition.none_is_zero and kind not in {"sum", "distinct"}:
        section.fail("none_is_zero", f"a {kind} of nothing is no zero", "remove it, or use a sum")
    if definition.apart and kind in DERIVED:
        section.fail("apart", f"a {kind} is computed from other KPIs", "remove it, and keep those apart")
    if definition.instead and kind in {*DERIVED, "percentile"}:
        section.fail("instead", f"a {kind} is not added up from channels", "remove it")
    if kind == "net" and not definition.plus:
        section.fail("plus", "nothing to start from", "name the KPI that the others are taken from")


def check_references(definition: Definition, known: dict[str, Definition]) -> tuple[str, str] | None:
    """What is wrong with the KPIs that a definition refers to, and the remedy; None where nothing is."""
    for key, name in references(definition):
        other = known.get(name)
        if other is None:
            return f"{key}: unknown KPI {name!r}", did_you_mean(name, known)
        if key == "instead" and (other.kind, other.unit) != (definition.kind, definition.unit):
            return f"instead: {other.id} is of another kind or unit", "name a KPI of the same kind and unit"
        if problem := _cannot_use(definition, key, other, known):
            return problem
    return None


def references(definition: Definition) -> list[tuple[str, str]]:
    """Key and id of every KPI that a definition names."""
    named = [(key, getattr(definition, key)) for key in ("of", "instead", "part", "whole")]
    named += [(key, name) for key in ("plus", "minus") for name in getattr(definition, key)]
    return [(key, name) for key, name in named if name]


def _cannot_use(
    definition: Definition, key: str, other: Definition, known: dict[str, Definition]
) -> tuple[str, str] | None:
    if _leads_to(other, definition.id, known, set()):
        return f"{key}: {other.id} is itself computed from {definition.id}", "break the circle"
    if key == "instead":
        return None
    if definition.kind == "growth" and other.kind not in {"sum", "distinct", "net"}:
        return f"of: {other.id} is of kind {other.kind}", "only the growth of a sum is defined"
    if definition.kind == "net" and (other.kind not in {"sum", "distinct", "net"} or other.unit != definition.unit):
        return f"{key}: {other.id} is a {other.kind} in {other.unit}", f"name a sum in {definition.unit}"
    if definition.kind == "share" and other.kind in {"growth", "percentile"}:
        return f"{key}: {other.id} is of kind {other.kind}", "name a sum, a count or a last reading"
    return None


def _leads_to(definition: Definition, wanted: str, known: dict[str, Definition], seen: set[str]) -> bool:
    if definition.id == wanted:
        return True
    seen.add(definition.id)
    names = [name for _, name in references(definition) if name in known and name not in seen]
    return any(_leads_to(known[name], wanted, known, seen) for name in names)
