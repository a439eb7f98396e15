"""KPI files to definitions. Every fault names the file, the key and the remedy."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import cast, get_args

from kpiterm.analysis.kpi.definition import REMEDY, SECONDS, Definition, Direction, Kind, Measure, Unit
from kpiterm.analysis.kpi.fragment import Fragment, FragmentError, parse_fragment
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
        measure=None if kind == "growth" else _measure(section, kind),
        of=section.text("of", pattern=_ID, like="the id of the KPI that grows") if kind == "growth" else None,
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


def _measure(section: Section, kind: Kind) -> Measure:
    table = facts.TABLES[section.choice("table", facts.TABLES)]
    columns = {column.name: column.type for column in table.all_columns}
    days = [name for name, type_ in columns.items() if type_ == facts.DAY]
    is_ratio = kind in {"ratio", "last_ratio"}
    numerator = _fragment(section, "numerator", columns, required=True)
    assert numerator is not None
    return Measure(
        table=table.name,
        day=section.choice("day", days),
        numerator=numerator,
        denominator=_fragment(section, "denominator", columns, required=True) if is_ratio else None,
        where=_fragment(section, "where", columns),
        numerator_where=_fragment(section, "numerator_where", columns) if is_ratio else None,
        denominator_where=_fragment(section, "denominator_where", columns) if is_ratio else None,
    )


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
    if definition.kind == "growth" and definition.unit != "ratio":
        section.fail("unit", f"found {definition.unit!r}", 'a growth is a ratio: write "ratio"')
    if definition.kind != "percentile" and definition.unit in SECONDS:
        section.fail("unit", f"found {definition.unit!r}", "only a percentile is in hours or days")
    if definition.unit == "money" and definition.measure and not definition.measure.is_money:
        section.fail("unit", "found 'money', but no amount is read", "read a money column, or change the unit")


def check_references(definition: Definition, known: dict[str, Definition]) -> tuple[str, str] | None:
    """What is wrong with the KPIs that a definition refers to, and the remedy; None where nothing is."""
    for key, name in (("of", definition.of), ("instead", definition.instead)):
        if name is None:
            continue
        other = known.get(name)
        if other is None:
            return f"{key}: unknown KPI {name!r}", did_you_mean(name, known)
        if key == "of" and other.kind != "sum":
            return f"of: {other.id} is of kind {other.kind}", "only the growth of a sum is defined"
        if key == "instead" and (other.kind, other.unit) != (definition.kind, definition.unit):
            return f"instead: {other.id} is of another kind or unit", "name a KPI of the same kind and unit"
    return None
