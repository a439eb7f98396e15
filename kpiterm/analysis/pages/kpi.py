"""All about one KPI: why it changed, how it agrees with the sources' own numbers, what it means and rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import TypeVar, cast

from kpiterm.analysis.bridge.reconcile import KPIS, reconcile
from kpiterm.analysis.bridge.result import Bridge
from kpiterm.analysis.cause.explain import explain
from kpiterm.analysis.cause.result import By, Cause
from kpiterm.analysis.cause.settle import shown
from kpiterm.analysis.cause.words import quantum
from kpiterm.analysis.inventory.supply.model import Event
from kpiterm.analysis.kpi.compile import rows_between
from kpiterm.analysis.kpi.definition import Definition, columns_of
from kpiterm.analysis.kpi.frame import ALL, HISTORY, Question, frame
from kpiterm.analysis.kpi.gauges import statement
from kpiterm.analysis.pages.marks import Occasion, occasions
from kpiterm.analysis.period import past
from kpiterm.analysis.view import Span
from kpiterm.errors import KpitermError
from kpiterm.i18n import named, said

_BELOW: tuple[By, ...] = ("sku", "campaign")
_PAYLOADS = 3
_TOP = 8  # lines of a cause that are told one by one
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Payload:
    """A body as a vendor sent it, or a file that somebody imported."""

    sha256: str
    asked: str
    rows: int
    loaded: datetime | None


@dataclass(frozen=True, slots=True)
class Lineage:
    """Rows that a KPI is computed from in its period: of which table and source, in how many payloads, how new; the
    `latest` of these."""

    table: str
    account: str
    source: str
    rows: int
    payloads: int
    newest: datetime | None
    latest: tuple[Payload, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiPage:
    """`cause` is rounded so that its columns add up; `deeper` tells the same change by SKU and by campaign, where that
    can be told. `spans` are the days of the history's periods. Where a part is missing, `without` says why, by its
    name."""

    sentence: str
    basis: str
    cause: Cause | None
    bridges: tuple[Bridge, ...]
    sql: str
    lineage: tuple[Lineage, ...]
    without: dict[str, str]
    deeper: tuple[Cause, ...] = ()
    spans: tuple[Span, ...] = ()
    occasions: tuple[Occasion, ...] = ()


def kpi_page(question: Question, kpi: str, channel: str, own: Sequence[Event] = ()) -> KpiPage:
    """The page of a gauge; UsageError where no such KPI is defined."""
    without: dict[str, str] = {}
    definition, one = question.catalogue[kpi], None if channel == ALL else channel
    found = _or_why(lambda: explain(question, kpi, channel=one, top=_TOP), "cause", without)
    cause = shown(found, quantum(found)) if found else None
    spans = past(frame(question, definition, one).span, HISTORY)
    sql = _or_why(lambda: statement(question, kpi, one).printable(), "sql", without)
    return KpiPage(
        sentence=named(definition.sentence, question.config.language),
        basis=definition.basis,
        cause=cause,
        bridges=_bridges(question, kpi, one, without),
        sql=sql or "",
        lineage=_lineage(question, definition, one),
        without=without,
        deeper=tuple(_deeper(question, kpi, one, cause)) if cause else (),
        spans=spans,
        occasions=occasions(question, kpi, one, spans[0].start, spans[-1].through, own),
    )


def _deeper(question: Question, kpi: str, channel: str | None, told: Cause) -> Iterator[Cause]:
    """The cause by SKU and by campaign, where it was not told so already and the rows name them."""
    for by in _BELOW:
        read = partial(explain, question, kpi, by=by, channel=channel, top=_TOP)
        found = _or_why(read, by, {}) if by != told.by else None
        if found and found.lines:
            yield shown(found, quantum(found))


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
        without["bridges"] = said("no source states this KPI itself; there are bridges of {0}", ", ".join(KPIS))
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
    params = [channel] if channel else []
    meant = rows_between(leaf.measure, first, last, "channel = $1" if channel else "")
    sql = (
        f"SELECT account, source, count(*), count(DISTINCT payload), {newest}\n"
        f"    {meant}\n    GROUP BY account, source ORDER BY account, source"
    )
    latest = _payloads(question, meant, params)
    return [
        Lineage(
            table, str(account), str(source), cast("int", count), cast("int", payloads), _aware(loaded),
            tuple(latest.get((str(account), str(source)), ())),
        )
        for account, source, count, payloads, loaded in question.reader.rows(sql, params)
    ]  # fmt: skip


def _payloads(question: Question, meant: str, params: Sequence[object]) -> Mapping[tuple[str, str], list[Payload]]:
    """The newest payloads of the rows that are `meant`, by account and source."""
    sql = f"""SELECT r.account, r.source, p.sha256, p.path_or_request, p.rows, p.loaded_at
FROM (SELECT DISTINCT account, source, payload {meant}) r JOIN payload p ON p.sha256 = r.payload
QUALIFY row_number() OVER (PARTITION BY r.account, r.source ORDER BY p.loaded_at DESC, p.sha256) <= {_PAYLOADS}
ORDER BY p.loaded_at DESC, p.sha256"""
    found: dict[tuple[str, str], list[Payload]] = {}
    for account, source, digest, asked, rows, loaded in question.reader.rows(sql, params):
        one = Payload(str(digest), str(asked or ""), cast("int", rows or 0), _aware(loaded))
        found.setdefault((str(account), str(source)), []).append(one)
    return found


def _aware(moment: object) -> datetime | None:
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) else None
