"""The same KPIs from the same snapshot by Polars and by dbt MetricFlow, where a virtualenv has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from bench import metricflow_peer, polars_peer
from bench.measure import run
from bench.table import Line
from kpiterm.analysis.kpi.compile import LEVELS, Days
from kpiterm.analysis.kpi.definition import Definition, Measure
from kpiterm.analysis.kpi.fragment import Fragment

HOW = "not here: `make bench-peers` builds a virtualenv for it (bench/peers.txt), or name one in BENCH_PEERS"
_ROOT = Path(__file__).resolve().parents[1]
_FIND = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
_ALWAYS = ("channel", "account", "source", "currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The snapshot and the months of it; `totals` is what DuckDB adds up over them, by KPI."""

    snapshot: Path
    kpis: Sequence[Definition]
    months: Sequence[Days]
    totals: Mapping[str, Decimal]
    rows: int
    rounds: int

    @property
    def span(self) -> tuple[str, str]:
        """First and last day, as the peers read them."""
        return str(min(first for first, _ in self.months)), str(max(last for _, last in self.months))


def by_peers(home: Path, asked: Asked) -> Iterator[Line]:
    """A line of each peer; RuntimeError where it comes to other totals."""
    yield _by_polars(home / "polars", asked)
    yield _by_metricflow(home / "metricflow", asked)


def interpreter(module: str) -> str | None:
    """The interpreter that has `module`: that of the virtualenv in BENCH_PEERS, or this one; None if neither does."""
    named = os.environ.get("BENCH_PEERS")
    known = [str(Path(named, "bin", "python").absolute())] if named else []
    for python in (*known, sys.executable):
        if Path(python).exists() and not subprocess.run([python, "-c", _FIND, module], check=False).returncode:
            return python
    return None


def _by_polars(folder: Path, asked: Asked) -> Line:
    name = f"  Polars, {len(asked.kpis)} KPIs from Parquet"
    if (python := interpreter("polars")) is None:
        return Line(name=name, note=HOW)
    folder.mkdir(parents=True)
    measures = [(d.id, d.measure) for d in asked.kpis if d.measure]
    _export(asked.snapshot, [m for _, m in measures], folder)
    first, last = asked.span
    kpis = [_as_sql(kpi, m) for kpi, m in measures]
    task = polars_peer.Task(kpis=kpis, first=first, last=last, rounds=asked.rounds)
    answer = _ask(python, "bench.polars_peer", folder, task)
    compare(answer, asked.totals)
    note = f"{answer['version']}, lazily scanned, all collected at once"
    return Line(name=name, wall_ms=answer["wall_ms"], cpu_ms=answer["cpu_ms"], rows=asked.rows, note=note)


def _by_metricflow(folder: Path, asked: Asked) -> Line:
    name = f"  MetricFlow, {len(metricflow_peer.METRICS)} metrics"
    if (python := interpreter("metricflow")) is None:
        return Line(name=name, note=HOW)
    folder.mkdir(parents=True)
    first, last = asked.span
    task = metricflow_peer.Task(snapshot=str(asked.snapshot), first=first, last=last, rounds=asked.rounds)
    answer = _ask(python, "bench.metricflow_peer", folder, task)
    compare(answer, asked.totals)
    note = f"{answer['version']}, one `mf query`, {answer['inner_ms']:,.0f} ms of it the query"
    return Line(name=name, wall_ms=answer["wall_ms"], cpu_ms=answer["cpu_ms"], rows=asked.rows, note=note)


def _export(snapshot: Path, measures: Sequence[Measure], folder: Path) -> None:
    """A Parquet file of each table, with the columns that the measures read."""
    with duckdb.connect(str(snapshot), read_only=True) as con:
        for table in {m.table for m in measures}:
            columns = sorted({name for m in measures if m.table == table for name in _columns(m)})
            con.execute(f"COPY (SELECT {', '.join(columns)} FROM {table}) TO '{folder}/{table}.parquet'")


def _columns(m: Measure) -> set[str]:
    parts = (m.numerator, m.denominator, m.where, m.numerator_where, m.denominator_where)
    found = {*_ALWAYS, m.day, *(name for part in parts if part for name in part.columns)}
    if levels := LEVELS.get(m.table):
        found |= {*([levels.column] if levels.column else []), *levels.within}
    return found


def _as_sql(kpi: str, m: Measure) -> polars_peer.Kpi:
    levels = LEVELS.get(m.table)
    return polars_peer.Kpi(
        id=kpi,
        table=m.table,
        day=m.day,
        numerator=m.numerator.sql,
        denominator=_sql(m.denominator),
        where=_sql(m.where),
        numerator_where=_sql(m.numerator_where),
        denominator_where=_sql(m.denominator_where),
        distinct=m.distinct,
        levels=polars_peer.Levels(column=levels.column, order=list(levels.order), within=list(levels.within))
        if levels and levels.column
        else None,
    )


def _sql(part: Fragment | None) -> str | None:
    return part.sql if part else None


def _ask(python: str, module: str, folder: Path, task: Mapping[str, Any]) -> dict[str, Any]:
    env = {**os.environ, "PYTHONPATH": str(_ROOT)}
    _, out = run([python, "-m", module, str(folder)], stdin=json.dumps(task), env=env)
    answer: dict[str, Any] = json.loads(out.splitlines()[-1])
    return answer


def compare(answer: Mapping[str, Any], totals: Mapping[str, Decimal]) -> None:
    """RuntimeError where a total of the answer is not DuckDB's."""
    for kpi, theirs in answer["totals"].items():
        if Decimal(theirs) != totals[kpi]:
            raise RuntimeError(f"{kpi}: DuckDB adds {totals[kpi]} up, {answer['version']} {theirs}")
