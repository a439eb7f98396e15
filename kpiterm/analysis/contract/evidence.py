"""Fingerprints of the rows that a KPI is computed from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from kpiterm.analysis.kpi.compile import at_moment, rows_between
from kpiterm.analysis.kpi.definition import Definition, columns_of
from kpiterm.analysis.kpi.frame import Question, earlier, windowed
from kpiterm.analysis.view import Span
from kpiterm.plugins import facts

_LINEAGE = {column.name for column in facts.LINEAGE} - {"source"}


def evidence(question: Question, definition: Definition, span: Span) -> dict[str, Any]:
    """Row count and fingerprints: one over the content of the rows of each period that is read, then the payloads that
    they came in. What is read again unchanged has the same fingerprint."""
    rows, found = 0, []
    payloads: set[str] = set()
    for leaf, first, last in dict.fromkeys(_needed(question, definition, span)):
        count, digest, bodies = _digest(question, question.catalogue[leaf], first, last)
        rows += count
        payloads |= bodies
        if count:
            found.append(f"sha256:{digest}")
    return {"rows": rows, "evidence": [*found, *(f"sha256:{body}" for body in sorted(payloads))]}


def _needed(question: Question, definition: Definition, span: Span) -> Iterator[tuple[str, date, date]]:
    """The measured KPIs behind a KPI, with the days that each is read over."""
    span = windowed(definition, span)
    if span.through < span.start:
        return
    spans = (span, earlier(definition, span)) if definition.kind == "growth" else (span,)
    for name in definition.refers:
        for part in spans:
            yield from _needed(question, question.catalogue[name], part)
    if not definition.refers:
        yield definition.id, span.start, span.through


def _digest(question: Question, leaf: Definition, first: date, last: date) -> tuple[int, str, set[str]]:
    assert leaf.measure is not None
    columns = columns_of(leaf.measure.table)
    content = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in columns if name not in _LINEAGE)
    payload = "payload" if "payload" in columns else "CAST(NULL AS VARCHAR)"
    sql = (
        "SELECT count(*), sha256(string_agg(content, chr(10) ORDER BY content)),\n"
        "    list_sort(list_distinct(list(payload)))\n"
        f"FROM (SELECT concat_ws('|', {content}) AS content, {payload} AS payload\n"
        f"    {rows_between(leaf.measure, first, last)})"
    )
    [(count, digest, bodies)] = question.reader.rows(at_moment(sql, question.reader.as_of))
    return cast("int", count), str(digest), {str(body) for body in cast("list[object]", bodies or []) if body}
