"""One line a benchmark, as a table for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from bench.measure import Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A result. Milliseconds; megabytes of the process tree and of its largest process; shares of the throughput of
    the limit (whole commands and without both programs' start, each by wall and by CPU time); how many times faster
    than dlt the product is, and how many times the limit is, beyond which no client on DuckDB can come; bytes to a
    terminal, and what a program at rest takes: bytes a second, share of a core."""

    name: str
    wall_ms: float | None = None
    rows: int | None = None
    cpu_ms: float | None = None
    tree_mb: float | None = None
    largest_mb: float | None = None
    rows_per_s: float | None = None
    of_limit: float | None = None
    of_limit_cpu: float | None = None
    of_limit_net: float | None = None
    of_limit_net_cpu: float | None = None
    over_dlt: float | None = None
    over_dlt_cpu: float | None = None
    limit_over_dlt: float | None = None
    limit_over_dlt_cpu: float | None = None
    bytes: int | None = None
    idle_bps: float | None = None
    idle_cpu: float | None = None
    note: str = ""


_TITLES = {
    "name": "benchmark", "wall_ms": "wall ms", "rows": "rows", "cpu_ms": "CPU ms", "tree_mb": "tree MB",
    "largest_mb": "largest MB", "rows_per_s": "rows/s", "of_limit": "of limit", "of_limit_cpu": "CPU",
    "of_limit_net": "net", "of_limit_net_cpu": "CPU", "over_dlt": "x dlt", "over_dlt_cpu": "CPU",
    "limit_over_dlt": "limit / dlt", "limit_over_dlt_cpu": "CPU", "bytes": "bytes",
    "idle_bps": "idle B/s", "idle_cpu": "idle CPU", "note": "",
}  # fmt: skip


def costed(name: str, cost: Cost, rows: int | None = None, note: str = "", **shares: float | None) -> Line:
    """The line of a command that was run."""
    return Line(
        name=name,
        wall_ms=cost.wall * 1000,
        rows=rows,
        cpu_ms=cost.cpu * 1000,
        tree_mb=cost.tree / 1e6,
        largest_mb=cost.largest / 1e6,
        rows_per_s=rows / cost.wall if rows else None,
        of_limit=shares.get("of_limit"),
        of_limit_cpu=shares.get("of_limit_cpu"),
        of_limit_net=shares.get("of_limit_net"),
        of_limit_net_cpu=shares.get("of_limit_net_cpu"),
        over_dlt=shares.get("over_dlt"),
        over_dlt_cpu=shares.get("over_dlt_cpu"),
        limit_over_dlt=shares.get("limit_over_dlt"),
        limit_over_dlt_cpu=shares.get("limit_over_dlt_cpu"),
        note=note,
    )


def as_json(lines: Sequence[Line]) -> dict[str, object]:
    """What `--json` prints."""
    return {"v": 1, "benchmarks": [asdict(line) for line in lines]}


def as_text(lines: Sequence[Line]) -> str:
    """The table, columns aligned, those left out that no line has."""
    names = [field.name for field in fields(Line) if any(getattr(line, field.name) not in (None, "") for line in lines)]
    rows = [[_TITLES[name] for name in names]]
    rows += [[_cell(name, getattr(line, name)) for name in names] for line in lines]
    widths = [max(len(row[i]) for row in rows) for i in range(len(names))]
    flush_left = {"name", "note"}
    return "\n".join(
        "  ".join(
            cell.ljust(width) if name in flush_left else cell.rjust(width)
            for name, cell, width in zip(names, row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def _cell(name: str, value: float | str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if name.startswith("of_"):
        return f"{value:.0%}"
    if name == "idle_cpu":
        return f"{value:.1%}"
    if "over_dlt" in name:
        return f"{value:.1f}"
    return f"{value:,.1f}" if name == "wall_ms" and value < 100 else f"{value:,.0f}"
