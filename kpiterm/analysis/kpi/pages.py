"""The catalogue as a page of the docs, generated so that it never says anything else than the definitions."""

from __future__ import annotations

from itertools import groupby

from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.definition import Definition, columns_of
from kpiterm.analysis.kpi.relations import RELATIONS

_HEAD = """# Built-in KPIs

Generated from the definitions (`make docs`); `kpiterm kpi list` prints those in force in a workspace, `kpiterm kpi show
ID --sql` the SQL of one. How to write one's own: [KPI definitions](../how-to/kpis.md).
"""


def markdown() -> str:
    """All built-in KPIs by group, then the relations that they read besides the canonical tables."""
    parts = [_HEAD]
    for group, definitions in groupby(load_catalogue().values(), key=lambda d: d.group):
        entries = "\n".join(map(_entry, definitions))
        parts.append(f"## {group.capitalize()}\n\n{entries}\n")
    parts.append("## Relations\n\nWhat definitions may read besides the [canonical tables](tables.md).\n")
    for name, relation in RELATIONS.items():
        columns = ", ".join(f"`{column}`" for column in columns_of(name))
        parts.append(f"- **`{name}`**: {relation.meaning}. Columns: {columns}.")
    return "\n".join(parts) + "\n"


def _entry(definition: Definition) -> str:
    d = definition
    target = f" Target {d.target.op} {d.target.value}." if d.target else ""
    return (
        f"- **`{d.id}`** {d.name['en']} · {d.name['zh']} ({d.kind}, {d.unit}). {d.sentence['en']} *{d.basis}.*{target}"
    )
