"""All about one KPI: why it changed, how it agrees with the sources' own numbers, what it means and rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar, cast

from kpiterm.analysis.bridge.reconcile import KPIS, reconcile
from kpiterm.analysis.bridge.result import Bridge
from kpiterm.analysis.cause.explain import explain
from kpiterm.analysis.cause.result import Cause
from kpiterm.analysis.cause.settle import shown
from kpiterm.analysis.cause.story import remarks, tell
from kpiterm.analysis.cause.words import quantum
from kpiterm.analysis.kpi.compile import rows_between
from kpiterm.analysis.kpi.definition import Definition, columns_of
from kpiterm.analysis.kpi.frame import ALL, Question, frame
from kpiterm.analysis.kpi.gauges import statement
from kpiterm.errors import KpitermError

_TOP = 8  # lines of a cause that are told one by one
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lineage:
    """Rows that a KPI is computed from in its period: of which table and source, in how many payloads, how new."""

    table: str
    account: str
    source: str
    rows: int
    payloads: int
    newest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiPage:
    """`cause` is rounded so that its columns add up. Where a part is missing, `without` says why, by its name."""

    sentence: str
    basis: str
    cause: Cause | None
    story: tuple[str, ...]
    notes: tuple[str, ...]
    bridges: tuple[Bridge, ...]
    sql: str
    lineage: tuple[Lineage, ...]
    without: dict[str, str]
    language: str


def kpi_page(question: Question, kpi: str, channel: str) -> KpiPage:
    """The page of a gauge; UsageError where no such KPI is defined."""
    without: dict[str, str] = {}
    definition, one = question.catalogue[kpi], None if channel == ALL else channel
    language = question.config.language
    found = _or_why(lambda: explain(question, kpi, channel=one, top=_TOP), "cause", without)
    cause = shown(found, quantum(found)) if found else None
    sql = _or_why(lambda: statement(question, kpi, one).printable(), "sql", without)
    return KpiPage(
        sentence=definition.sentence[language],
        basis=definition.basis,
        cause=cause,
        story=tuple(tell(cause, language)) if cause else (),
        notes=tuple(remarks(cause, language)) if cause else (),
        bridges=_bridges(question, kpi, one, without),
        sql=sql or "",
        lineage=_lineage(question, definition, one),
        without=without,
        language=language,
    )


def _or_why(read: Callable[[], T], name: str, without: dict[str, str]) -> T | None:
    """A part of the page; why it is missing goes into `without`, for the other parts are there all the same."""
    try:
        return read()
    except KpitermError as error:
        without[name] = f"{error.message}: {error.hint}" if error.hint else error.message
        return None


def _bridges(question: Question, kpi: str, channel: str | None, without: dict[str, str]) -> tuple[Bridge, ...]:
    known = [name for name in (kpi, *(leaf.id for leaf in question.leaves(question.catalogue[kpi]))) if name in KPIS]
    if not known:
        without["bridges"] = f"no source states this KPI itself; there are bridges of {', '.join(KPIS)}"
        return ()
    found = _or_why(
        lambda: reconcile(question.reader, question.clock, kpi=known[0], channel=channel, rates=question.rates),
        "bridges", without,
    )  # fmt: skip
    return tuple(bridge for bridge in found or () if bridge.source.value is not None)


def _lineage(question: Question, definition: Definition, channel: str | None) -> tuple[Lineage, ...]:
    span = frame(question, definition, channel).span
    tables = {leaf.measure.table: leaf for leaf in question.leaves(definition) if leaf.measure}
    return tuple(one for leaf in tables.values() for one in _sources(question, leaf, span.start, span.through, channel))


def _sources(question: Question, leaf: Definition, first: date, last: date, channel: str | None) -> list[Lineage]:
    assert leaf.measure is not None
    table = leaf.measure.table
    columns = columns_of(table)
    if last < first or not {"account", "source", "payload"} <= columns.keys():
        return []
    newest = "max(loaded_at)" if "loaded_at" in columns else "CAST(NULL AS TIMESTAMP)"
    also = "channel = $1" if channel else ""
    sql = (
        f"SELECT account, source, count(*), count(DISTINCT payload), {newest}\n"
        f"    {rows_between(leaf.measure, first, last, also)}\n    GROUP BY account, source ORDER BY account, source"
    )
    rows = question.reader.rows(sql, [channel] if channel else [])
    return [
        Lineage(table, str(account), str(source), cast("int", count), cast("int", payloads), _aware(loaded))
        for account, source, count, payloads, loaded in rows
    ]


def _aware(moment: object) -> datetime | None:
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) else None
