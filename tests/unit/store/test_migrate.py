"""The tables of a store are those that facts.py describes, whatever version it came from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from kpiterm.errors import StoreError
from kpiterm.plugins import facts
from kpiterm.store.engine import Writer
from kpiterm.store.migrate import migrate, migrations
from kpiterm.store.read import Reader

if TYPE_CHECKING:
    from tests.unit.store.conftest import Workspace

OPERATIONS = {"run", "watermark", "payload", "event", "schema_version"}
ROLLUPS = {"changed_day", "kpi_rollup", "kpi_day", "kpi_day_history"}
HISTORY = [("superseded_at", "TIMESTAMP"), ("superseded_by", "VARCHAR")]


def stored(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of November 2026 as the store holds it: UTC, without a zone."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"threads": 1})


def columns(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Names and types, sorted: a column that came later stands behind the others."""
    return sorted((row[0], row[1]) for row in con.execute(f"DESCRIBE {table}").fetchall())


def test_a_fresh_store_has_exactly_the_described_tables(con: duckdb.DuckDBPyConnection) -> None:
    migrate(con)
    tables = {str(row[0]) for row in con.execute("SHOW TABLES").fetchall()}
    assert tables == OPERATIONS | ROLLUPS | set(facts.TABLES) | {f"{name}_history" for name in facts.TABLES}
    for name, table in facts.TABLES.items():
        described = sorted((c.name, c.type) for c in table.all_columns)
        assert columns(con, name) == described, f"{name}: facts.py changed, so a new migration is needed"
        assert columns(con, f"{name}_history") == sorted(described + HISTORY), f"{name}_history needs a new migration"


def test_the_generated_ddl_makes_the_same_tables(con: duckdb.DuckDBPyConnection) -> None:
    for name, table in facts.TABLES.items():
        con.execute(facts.ddl(table) + facts.ddl(table, history=True))
        assert columns(con, name) == sorted((c.name, c.type) for c in table.all_columns)
        assert columns(con, f"{name}_history") == sorted(columns(con, name) + HISTORY)


def test_migrating_twice_changes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    assert migrate(con)
    before = con.execute("SELECT * FROM schema_version").fetchall()
    assert not migrate(con)
    assert con.execute("SELECT * FROM schema_version").fetchall() == before


def test_a_store_of_an_earlier_version_is_brought_up(con: duckdb.DuckDBPyConnection) -> None:
    """Killed after the first migration: the rest follows at the next start."""
    migrate(con)
    con.execute("DELETE FROM schema_version WHERE version > 1; DROP TABLE event; DROP TABLE payload; DROP TABLE run")
    con.execute("DROP TABLE watermark")
    for table in ROLLUPS:
        con.execute(f"DROP TABLE {table}")
    assert migrate(con)
    assert con.execute("SELECT list(version ORDER BY version) FROM schema_version").fetchall() == [
        ([number for number, _, _ in migrations()],)
    ]
    assert columns(con, "event")


def earlier(path: Path, version: int) -> duckdb.DuckDBPyConnection:
    """A store as the kpiterm of that version made it."""
    con = duckdb.connect(str(path), config={"threads": 1})
    con.execute("CREATE TABLE schema_version (version BIGINT, name VARCHAR, applied_at TIMESTAMP)")
    for number, name, sql in migrations()[:version]:
        con.execute(sql)
        con.execute("INSERT INTO schema_version VALUES (?, ?, NULL)", [number, name])
    return con


def test_a_store_of_version_2_keeps_its_rows_and_gets_keywords_of_their_own(workspace: Workspace) -> None:
    workspace.paths.store.mkdir(parents=True)
    metrics = ("search_volume:bath mat", "share_of_voice_clicks:rug", "share_of_voice_organic:rug:Acme: Co", "xray_bsr")
    with earlier(workspace.paths.store / "work.duckdb", 2) as con:
        for table in ("market_estimate", "market_estimate_history"):
            more = ", superseded_at, superseded_by" if "history" in table else ""
            con.executemany(
                f"INSERT INTO {table} (metric, loaded_at{more}) VALUES (?, '2026-11-01'{', now(), 1' if more else ''})",
                [[metric] for metric in metrics],
            )
        con.execute("INSERT INTO traffic_day (account, day, level, sessions) VALUES ('us', '2026-11-01', 'account', 7)")
    converted = [
        ("search_volume", "bath mat"), ("share_of_voice_clicks", "rug"), ("share_of_voice_organic:Acme: Co", "rug"),
        ("xray_bsr", None),
    ]  # fmt: skip
    for table in ("market_estimate", "market_estimate_history"):
        rows = workspace.writer.con.execute(f"SELECT metric, keyword FROM {table} ORDER BY ALL").fetchall()
        assert rows == converted, table
    workspace.writer.publish()
    assert workspace.read("SELECT sessions, last_day, detail FROM traffic_day") == [(7, None, None)]


def test_a_snapshot_of_an_earlier_version_is_read_before_the_next_sync(workspace: Workspace) -> None:
    published = workspace.traffic({date(2026, 11, 1): 7}, stored(2))
    workspace.close()
    published.chmod(0o600)
    published.unlink()
    with earlier(published, 2) as con:
        con.execute("INSERT INTO traffic_day (account, sessions, loaded_at) VALUES ('us', 9, '2026-11-02')")
    for as_of in (None, stored(3)):
        assert workspace.read("SELECT sessions, last_day FROM traffic_day", as_of=as_of) == [(9, None)]
        assert workspace.read("SELECT keyword FROM market_estimate", as_of=as_of) == []
        assert workspace.read("SELECT note, read_from FROM run", as_of=as_of) == []


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [number for number, _, _ in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_snapshot_of_a_newer_kpiterm_is_refused_with_the_remedy(workspace: Workspace) -> None:
    workspace.writer.con.execute("INSERT INTO schema_version VALUES (99, 'from the future', NULL)")
    workspace.traffic({date(2026, 11, 1): 7}, stored(2))
    with pytest.raises(StoreError, match=r"newer kpiterm .*version 99") as caught, Reader(workspace.paths):
        pass
    assert "upgrade kpiterm" in caught.value.hint


def test_a_store_of_a_newer_kpiterm_is_refused_untouched(workspace: Workspace) -> None:
    workspace.traffic({date(2026, 11, 1): 7}, stored(2))
    workspace.writer.con.execute("INSERT INTO schema_version VALUES (99, 'from the future', NULL)")
    workspace.close()
    with pytest.raises(StoreError, match=r"newer kpiterm .*version 99") as caught, Writer(workspace.paths):
        pass
    assert "upgrade kpiterm" in caught.value.hint
    assert workspace.read("SELECT sessions FROM traffic_day") == [(7,)]
