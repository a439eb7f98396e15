"""Reading: nothing that a person types can do harm, and the past looks as it did."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from kpiterm.errors import UsageError
from kpiterm.plugins import facts
from kpiterm.store import journal
from kpiterm.store.read import Reader
from kpiterm.sync import record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.store.conftest import Workspace

DAY = date(2026, 11, 1)
RUN_COLUMNS = {"run_id", "account", "stream", "status", "started_at", "finished_at", "watermark", "error", "hint"}


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 8, tzinfo=UTC)


def stored(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of November 2026 as the store holds it: UTC, without a zone."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def reader(workspace: Workspace) -> Reader:
    workspace.traffic({DAY: 7}, stored(2))
    return Reader(workspace.paths)


def test_a_select_gives_names_and_values_of_their_own_types(reader: Reader) -> None:
    with reader:
        columns, rows = reader.query(
            "SELECT day, sessions AS visits, loaded_at, 1.5::DECIMAL(18,4) AS money, NULL AS nothing FROM traffic_day;"
        )
    assert columns == ["day", "visits", "loaded_at", "money", "nothing"]
    assert rows == [(DAY, 7, stored(2), Decimal("1.5000"), None)]


@pytest.mark.parametrize(
    "sql",
    ["SHOW TABLES", "DESCRIBE order_line", "SUMMARIZE traffic_day", "FROM run", "WITH x AS (SELECT 1) FROM x",
     "EXPLAIN SELECT 1", "-- a comment\nSELECT 1"],
)  # fmt: skip
def test_every_way_of_looking_is_a_select(reader: Reader, sql: str) -> None:
    with reader:
        assert reader.query(sql)[1] or sql == "FROM run"


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO event SELECT * FROM event",
        "DELETE FROM snap.traffic_day",
        "UPDATE snap.traffic_day SET sessions = 0",
        "DROP VIEW traffic_day",
        "CREATE TABLE t (n INT)",
        "SET memory_limit = '1TB'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "LOAD json",
        "PRAGMA enable_profiling",
        "EXPORT DATABASE '{there}'",
        "COPY traffic_day TO '{there}/out.csv'",
        "COPY snap.traffic_day FROM '{there}/in.csv'",
        "ATTACH '{there}/other.duckdb'",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP VIEW traffic_day",
        "",
        "-- nothing",
    ],
)
def test_anything_but_one_select_is_refused(reader: Reader, tmp_path: Path, sql: str) -> None:
    before = sorted(p.name for p in tmp_path.iterdir())
    with reader:
        with pytest.raises(UsageError, match="one SELECT at a time") as caught:
            reader.query(sql.format(there=tmp_path))
        assert caught.value.exit_code == 2
        assert reader.rows("SELECT sessions FROM traffic_day") == [(7,)]
    assert sorted(p.name for p in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "sql",
    ["SELECT * FROM read_csv('{file}')", "SELECT * FROM read_text('{file}')", "SELECT * FROM '{file}'",
     "SELECT * FROM read_json('{file}')", "SELECT * FROM read_parquet('{file}')", "SELECT * FROM glob('{file}*')",
     "SELECT * FROM read_blob('{file}')", "SELECT * FROM sniff_csv('{file}')",
     "SELECT * FROM query('COPY (SELECT 1) TO ''{file}''')"],
)  # fmt: skip
def test_a_select_reaches_no_file(reader: Reader, tmp_path: Path, sql: str) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("name\nJane\n")
    with reader, pytest.raises(UsageError) as caught:
        reader.query(sql.format(file=file))
    assert "Jane" not in str(caught.value)
    assert file.read_text() == "name\nJane\n"


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT sesions FROM traffic_day", "sesions"),
        ("SELEC 1", "syntax error"),
        ("SELECT 'x'::INT", "Could not conv"),
    ],
)
def test_a_mistake_is_told_in_duckdbs_words(reader: Reader, sql: str, told: str) -> None:
    with reader, pytest.raises(UsageError, match=told) as caught:
        reader.query(sql)
    assert "SHOW TABLES" in caught.value.hint


def test_a_moment_with_a_zone_is_told_how_to_be_shown(reader: Reader) -> None:
    try:
        duckdb.sql("SELECT now()").fetchall()
    except duckdb.InvalidInputException:
        pass
    else:
        pytest.skip("this DuckDB shows them: 2.0.1 needs no pytz")
    with reader:
        with pytest.raises(UsageError, match="time zone") as caught:
            reader.query("SELECT now()")
        assert "now()::TIMESTAMP" in caught.value.hint
        assert len(reader.query("SELECT now()::TIMESTAMP")[1]) == 1


def test_parameters_are_values_and_no_sql(reader: Reader) -> None:
    with reader:
        assert reader.rows("SELECT $1, sessions FROM traffic_day WHERE sessions > $2", ["it's; --", 1]) == [
            ("it's; --", 7)
        ]


def test_columns_come_as_arrays_and_what_is_null_is_masked(reader: Reader) -> None:
    with reader:
        found = reader.arrays("SELECT sessions * $1 AS visits, NULL::DOUBLE AS nothing FROM traffic_day", [3])
    assert found["visits"].tolist() == [21]
    assert found["nothing"].mask.tolist() == [True]


def test_an_empty_workspace_has_every_table_without_a_row(workspace: Workspace) -> None:
    with Reader(workspace.paths) as reader:
        assert reader.snapshot is None
        for name, table in facts.TABLES.items():
            columns, rows = reader.query(f"SELECT * FROM {name}")
            assert (columns, rows) == ([c.name for c in table.all_columns], [])
        assert set(reader.query("SELECT * FROM run")[0]) >= RUN_COLUMNS
        for name in ("watermark", "payload", "event", "entry"):
            assert reader.query(f"SELECT * FROM {name}")[1] == []
    assert not workspace.paths.store.exists()


def test_an_empty_workspace_shows_what_people_entered(workspace: Workspace) -> None:
    journal.append(workspace.paths.journal, "note", {"text": "before the first sync"})
    assert workspace.read("SELECT kind FROM event") == [("note",)]


def test_entered_values_are_columns(workspace: Workspace) -> None:
    detail = {"kpi": "odr", "channel": "amazon.com", "period_start": "2026-10-01", "period_end": "2026-10-31",
              "value": "0.0042", "note": "from the dashboard"}  # fmt: skip
    entry = journal.append(workspace.paths.journal, "kpi.enter", detail, now=at(3))
    journal.append(workspace.paths.journal, "contract.close", {"kpi": "odr"}, now=at(4))
    assert workspace.read("SELECT * FROM entry") == [
        ("odr", "amazon.com", date(2026, 10, 1), date(2026, 10, 31), "0.0042", "from the dashboard", entry.actor,
         stored(3, 8)),
    ]  # fmt: skip


def run(workspace: Workspace, number: int, day: int) -> None:
    """A run of one stream that ended on a day, having reached that day."""
    done = record.StreamRun(
        run_id=f"r{number}", account="us", connector="amazon", stream="orders", started=at(day), watermark=at(day)
    )
    with workspace.writer.transaction() as con:
        record.set_watermark(con, done, at(day))
        record.save_run(con, done, "ok", at(day))
        con.execute(
            "INSERT INTO payload VALUES (?, 'us', 'amazon.orders', 'json', 'GET /orders', 1, 2, ?, ?)",
            [f"sha{number}", done.run_id, record.naive(at(day))],
        )


def test_the_past_looks_as_it_did(workspace: Workspace) -> None:
    for number, day in enumerate((3, 5), 1):
        run(workspace, number, day)
        journal.append(workspace.paths.journal, "note", {"n": number}, now=at(day))
        workspace.traffic({DAY: number}, record.naive(at(day)))
    journal.append(workspace.paths.journal, "note", {"n": 3}, now=at(6))
    looks = {
        "SELECT list(sessions) FROM traffic_day": [(None,), ([1],), ([2],), ([2],)],
        "SELECT max(run_id), count(*) FROM run": [(None, 0), ("r1", 1), ("r2", 2), ("r2", 2)],
        "SELECT watermark FROM watermark": [(), *((record.naive(at(d)),) for d in (3, 5, 5))],
        "SELECT max(sha256) FROM payload": [(None,), ("sha1",), ("sha2",), ("sha2",)],
        "SELECT count(*) FROM event": [(0,), (1,), (2,), (3,)],
    }
    for sql, expected in looks.items():
        moments = [stored(3, 7, 59), stored(4), stored(5, 8), stored(9)]
        found = [(workspace.read(sql, as_of=moment) or [()])[0] for moment in moments]
        assert found == expected, sql


def test_a_watermark_as_of_now_is_the_watermark(workspace: Workspace) -> None:
    run(workspace, 1, 3)
    workspace.writer.publish()
    sql = "SELECT * FROM watermark"
    assert workspace.read(sql, as_of=stored(30)) == workspace.read(sql)


def test_a_moment_of_another_zone_is_the_same_moment(workspace: Workspace) -> None:
    workspace.traffic({DAY: 1}, stored(3, 8))
    zone = timezone(timedelta(hours=9))
    for hour, sessions in ((16, []), (17, [(1,)])):
        with Reader(workspace.paths, as_of=datetime(2026, 11, 3, hour, tzinfo=zone)) as reader:
            assert reader.rows("SELECT sessions FROM traffic_day") == sessions


def test_the_columns_of_the_past_are_those_of_the_present(workspace: Workspace) -> None:
    workspace.traffic({DAY: 1}, stored(3))
    with Reader(workspace.paths) as now, Reader(workspace.paths, as_of=at(2)) as then:
        for name in (*facts.TABLES, "run", "watermark", "payload", "event"):
            sql = f"SELECT column_name, column_type FROM (DESCRIBE {name})"
            assert now.rows(sql) == then.rows(sql) != [], name


def test_no_temporary_file_is_left_in_the_working_directory(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {p.name for p in tmp_path.iterdir()}
    with reader, pytest.raises(UsageError, match=re.compile("memory", re.IGNORECASE)):
        reader.query("SELECT i, row_number() OVER (ORDER BY hash(i)) FROM range(30_000_000) AS t(i) ORDER BY 2 DESC")
    assert {p.name for p in tmp_path.iterdir()} == before
