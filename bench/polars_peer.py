"""The same KPIs by Polars: `python -m bench.polars_peer FOLDER`, the task on standard input.

FOLDER holds a Parquet file of each table with the columns that are read. Each measure is a lazy query of its own by
month and channel with the product's filters, that counts each fact once; all are collected at once, so that Polars may
share what they read. The first round is not timed. Needs bench/peers.txt, and nothing of kpiterm.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, TypedDict

# Expressions of a library that may not be there.
Expr = Any
Frame = Any


class Levels(TypedDict):
    """Of the rows alike in `within` only those of the first level of `order` count, then those of the first source."""

    column: str
    order: list[str]
    within: list[str]


class Kpi(TypedDict):
    """A measure, its parts as SQL."""

    id: str
    table: str
    day: str
    numerator: str
    denominator: str | None
    where: str | None
    numerator_where: str | None
    denominator_where: str | None
    distinct: bool
    levels: Levels | None


class Task(TypedDict):
    """The measures, the first and the last day, and how often to compute them."""

    kpis: list[Kpi]
    first: str
    last: str
    rounds: int


def monthly(pl: Any, folder: Path, task: Task, kpi: Kpi) -> Frame:  # noqa: ANN401
    """A KPI by month and channel: columns month, channel, currency, upper, lower."""
    rows = pl.scan_parquet(folder / f"{kpi['table']}.parquet")
    rows = rows.filter(
        pl.col(kpi["day"]).is_between(date.fromisoformat(task["first"]), date.fromisoformat(task["last"]))
    )
    if kpi["where"]:
        rows = rows.filter(pl.sql_expr(kpi["where"]))
    keys = ["channel", "account", "source", "currency", kpi["day"]]
    levels = kpi["levels"]
    if levels:
        rows = rows.filter(pl.col(levels["column"]).is_in(levels["order"]))
        keys += [levels["column"], *levels["within"]]
    upper = pl.sql_expr(kpi["numerator"])
    lower = pl.sql_expr(kpi["denominator"] or "NULL")
    daily = rows.group_by(keys).agg(
        upper=upper.drop_nulls().n_unique() if kpi["distinct"] else _sum(pl, upper, kpi["numerator_where"]),
        lower=_sum(pl, lower, kpi["denominator_where"]),
    )
    single = _one_level(pl, daily, levels, kpi["day"]) if levels else daily
    month = pl.col(kpi["day"]).dt.truncate("1mo").alias("month")
    return single.group_by(month, "channel", "currency").agg(pl.col("upper").sum(), pl.col("lower").sum())


def _sum(pl: Any, part: Expr, where: str | None) -> Expr:  # noqa: ANN401
    """The sum as SQL has it: none where there is no value."""
    values = part.filter(pl.sql_expr(where)) if where else part
    return pl.when(values.count() > 0).then(values.sum())


def _one_level(pl: Any, daily: Frame, levels: Levels, day: str) -> Frame:  # noqa: ANN401
    within = ["account", "channel", day, *levels["within"]]
    rank = pl.col(levels["column"]).replace_strict(levels["order"], range(len(levels["order"])), return_dtype=pl.Int8)
    for first in (pl.col("upper").is_null(), rank, pl.col("source")):
        daily = daily.filter(first == first.min().over(within))
    return daily


def main() -> None:
    task: Task = json.load(sys.stdin)
    folder = Path(sys.argv[1])
    pl: Any = importlib.import_module("polars")
    taken: list[tuple[float, float]] = []
    for _ in range(task["rounds"] + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        found = pl.collect_all([monthly(pl, folder, task, kpi) for kpi in task["kpis"]])
        taken.append((1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)))
    walls, cpus = zip(*taken[1:], strict=True)
    totals = {kpi["id"]: str(frame["upper"].sum()) for kpi, frame in zip(task["kpis"], found, strict=True)}
    answer = {"wall_ms": median(walls), "cpu_ms": median(cpus), "totals": totals}
    print(json.dumps({**answer, "version": f"Polars {pl.__version__}"}))


if __name__ == "__main__":
    main()
