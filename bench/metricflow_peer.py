"""The same metrics by dbt MetricFlow: `python -m bench.metricflow_peer FOLDER`, the task on standard input.

A dbt project over the snapshot is generated in FOLDER and built there (not timed): staging tables that count each
fact once, as a dbt user would keep them. Timed is `mf query` of five metrics by month and channel: the whole command,
and the query as MetricFlow reports it. Needs bench/peers.txt, and nothing of kpiterm.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import time
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TypedDict

METRICS = ("gmv", "orders", "units", "ad_spend", "acos")
_TOTALS = ("gmv", "units", "ad_spend")
_PROFILE = """
bench:
  target: bench
  outputs:
    bench:
      {{type: duckdb, path: bench.duckdb, threads: 2, attach: [{{path: '{snapshot}', alias: snap, read_only: true}}]}}
"""
_MODELS = {
    "days": "SELECT CAST(range AS DATE) AS date_day FROM range(DATE '2015-01-01', DATE '2035-01-01', INTERVAL 1 DAY)",
    "lines": "SELECT * FROM snap.order_line WHERE coalesce(status, '') <> 'cancelled' AND channel <> 'non-amazon' "
    "AND business_day BETWEEN DATE '{first}' AND DATE '{last}'",
    "ads": "SELECT * FROM snap.ad_day WHERE day BETWEEN DATE '{first}' AND DATE '{last}' QUALIFY dense_rank() OVER ("
    "PARTITION BY account, channel, day, ad_product ORDER BY level, source) = 1",  # campaign before product
}
_SCHEMA = """
models:
  - name: days
    time_spine: {standard_granularity_column: date_day}
    columns: [{name: date_day, granularity: day}]
semantic_models:
  - name: lines
    model: ref('lines')
    defaults: {agg_time_dimension: business_day}
    primary_entity: line
    entities: [{name: channel, type: foreign}]
    dimensions: [{name: business_day, type: time, type_params: {time_granularity: day}}]
    measures:
      - {name: gmv, agg: sum, expr: item_price, create_metric: true}
      - {name: orders, agg: count_distinct, expr: order_id, create_metric: true}
      - {name: units, agg: sum, expr: quantity, create_metric: true}
  - name: ads
    model: ref('ads')
    defaults: {agg_time_dimension: shown_on}
    primary_entity: ad
    entities: [{name: channel, type: foreign}]
    dimensions: [{name: shown_on, expr: day, type: time, type_params: {time_granularity: day}}]
    measures:
      - {name: ad_spend, agg: sum, expr: spend, create_metric: true}
      - {name: ad_sales, agg: sum, expr: attributed_sales, create_metric: true}
metrics:
  - {name: acos, label: ACoS, type: ratio, type_params: {numerator: ad_spend, denominator: ad_sales}}
"""
_TOOK = re.compile(r"after (\d+\.\d+) seconds")


class Task(TypedDict):
    """The snapshot, the first and the last day that are asked for, and how often to ask."""

    snapshot: str
    first: str
    last: str
    rounds: int


def project(folder: Path, task: Task) -> None:
    """The dbt project, written down."""
    models = folder / "models"
    models.mkdir()
    (folder / "profiles.yml").write_text(_PROFILE.format(snapshot=task["snapshot"].replace("'", "''")))
    kept = {"models": {"+materialized": "table"}}
    (folder / "dbt_project.yml").write_text(
        json.dumps({"name": "bench", "version": "1.0.0", "profile": "bench", **kept})
    )
    for name, sql in _MODELS.items():
        (models / f"{name}.sql").write_text(sql.format(first=task["first"], last=task["last"]))
    (models / "schema.yml").write_text(_SCHEMA)


def command(folder: Path, *arguments: str) -> str:
    """The output of a program of this virtualenv, run in the project; RuntimeError with what it said if it fails."""
    quiet = {"DBT_PROFILES_DIR": str(folder), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    program = Path(sys.executable).with_name(arguments[0])
    done = subprocess.run(
        [program, *arguments[1:]], cwd=folder, env={**os.environ, **quiet}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{arguments[0]} {arguments[1]} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def query(folder: Path) -> tuple[float, float, float]:
    """One `mf query` into result.csv: milliseconds of wall, CPU, and of the query as MetricFlow says."""
    before, began = os.times(), time.perf_counter()
    said = command(
        folder, "mf", "query", "--metrics", ",".join(METRICS), "--group-by", "metric_time__month,channel",
        "--csv", str(folder / "result.csv"), "--decimals", "4",
    )  # fmt: skip
    wall, after = time.perf_counter() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    took = _TOOK.search(said)
    return 1000 * wall, 1000 * cpu, 1000 * float(took[1]) if took else 0.0


def totals(file: Path) -> dict[str, str]:
    """What the metrics that can be added up come to, over all months and channels."""
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {name: str(sum(Decimal(row[name] or 0) for row in rows)) for name in _TOTALS}


def main() -> None:
    task: Task = json.load(sys.stdin)
    folder = Path(sys.argv[1])
    project(folder, task)
    command(folder, "dbt", "build", "--quiet")
    costs = [query(folder) for _ in range(task["rounds"])]
    wall, cpu, inner = (median(column) for column in zip(*costs, strict=True))
    found = {"wall_ms": wall, "cpu_ms": cpu, "inner_ms": inner, "totals": totals(folder / "result.csv")}
    print(json.dumps({**found, "version": f"MetricFlow {version('metricflow')}"}))


if __name__ == "__main__":
    main()
