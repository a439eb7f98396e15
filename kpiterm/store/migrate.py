"""Numbered SQL files bring a store to this version's tables, each in one transaction."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from kpiterm.errors import StoreError

if TYPE_CHECKING:
    import duckdb


def migrations() -> list[tuple[int, str, str]]:
    """Number, name and SQL of every migration, in order."""
    files = [f for f in resources.files("kpiterm.store").joinpath("sql").iterdir() if f.name.endswith(".sql")]
    return sorted((int(f.name[:4]), f.name[5:-4], f.read_text("utf-8")) for f in files)


def migrate(con: duckdb.DuckDBPyConnection) -> bool:
    """Apply what is missing; True when something was. Refuses a store that a newer kpiterm wrote."""
    con.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT, name VARCHAR, applied_at TIMESTAMP)")
    row = con.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()
    have = int(row[0]) if row else 0
    known = migrations()
    refuse_newer(have)
    for number, name, sql in known[have:]:
        con.execute("BEGIN")
        con.execute(sql)
        con.execute(
            "INSERT INTO schema_version VALUES (?, ?, cast(get_current_timestamp() AT TIME ZONE 'UTC' AS TIMESTAMP))",
            [number, name],
        )
        con.execute("COMMIT")
    return have < known[-1][0]


def refuse_newer(have: int) -> None:
    """StoreError where tables of version `have` are beyond what this version knows."""
    files = resources.files("kpiterm.store").joinpath("sql").iterdir()
    known = max(int(file.name[:4]) for file in files if file.name.endswith(".sql"))
    if have > known:
        raise StoreError(
            f"this workspace was written by a newer kpiterm (tables of version {have}, this one knows {known})",
            hint="upgrade kpiterm on this machine: pip install --upgrade kpiterm",
        )
