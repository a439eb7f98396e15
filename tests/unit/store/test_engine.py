"""The writer on a good day and on bad ones: full disks, damaged files, another DuckDB."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from kpiterm.errors import StoreError
from kpiterm.store import snapshot
from kpiterm.store.engine import CONFIG, Writer
from kpiterm.store.read import Reader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.store.conftest import Workspace

DAY = date(2026, 11, 1)
SESSIONS = "SELECT sessions FROM traffic_day"


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def moment(hour: int) -> datetime:
    return datetime(2026, 11, 2, hour, tzinfo=UTC).replace(tzinfo=None)


def work(workspace: Workspace) -> Path:
    return workspace.paths.store / "work.duckdb"


def test_only_the_owner_can_read_the_data(workspace: Workspace) -> None:
    before = os.umask(0o022)
    try:
        workspace.traffic({DAY: 1}, moment(1))
    finally:
        os.umask(before)
    for path in (workspace.paths.root, workspace.paths.store):
        assert path.stat().st_mode & 0o777 == 0o700
    data = list(workspace.paths.store.glob("*.duckdb"))
    assert sorted(p.name for p in data) == ["snap-1.duckdb", "work.duckdb"]
    assert {p.stat().st_mode & 0o777 for p in data} == {0o600}


def test_a_disk_that_is_nearly_full_is_refused_before_anything_changes(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.traffic({DAY: 1}, moment(1))
    workspace.close()
    before = work(workspace).read_bytes()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1 << 30, 1 << 30, 10 << 20))
    with pytest.raises(StoreError, match="only 10 MB are free") as caught, Writer(workspace.paths):
        pass
    assert caught.value.exit_code == 4
    assert "free some space" in caught.value.hint
    assert work(workspace).read_bytes() == before
    assert workspace.read(SESSIONS) == [(1,)]
    monkeypatch.undo()
    with Writer(workspace.paths):
        pass


FULL = """
import resource, sys
from pathlib import Path
from kpiterm.errors import StoreError
from kpiterm.paths import Paths
from kpiterm.store.engine import Writer
with Writer(Paths(Path(sys.argv[1]))) as writer:
    writer.con.execute("INSERT INTO watermark VALUES ('us', 'orders', now()::TIMESTAMP, now()::TIMESTAMP)")
    writer.dirty = True
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
    try:
        writer.publish()
    except StoreError as error:
        print(error.message, error.hint, sep="|")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


def test_a_disk_that_fills_while_publishing_leaves_the_last_snapshot(workspace: Workspace) -> None:
    """The system refuses to let a file grow, as it does on a full disk."""
    workspace.traffic({DAY: 1}, moment(1))
    workspace.close()
    command = [sys.executable, "-c", FULL, str(workspace.paths.home)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "could be published" in told
    assert "free some disk space" in told
    assert workspace.read(SESSIONS) == [(1,)]
    assert workspace.writer.publish()
    assert workspace.read("SELECT account FROM watermark") == [("us",)]


YEAR = {DAY + timedelta(n): n for n in range(366)}
TOTAL = "SELECT CAST(sum(sessions) AS BIGINT) FROM traffic_day"


def damage(path: Path, how: str) -> None:
    body = bytearray(path.read_bytes())
    match how:
        case "cut":
            del body[len(body) // 2 :]
        case "empty":
            body.clear()
        case "no database":
            body[:] = b"date,sessions\n2026-11-01,1\n" * 1000
        case "flipped":
            for position in range(4096, len(body), 1000):
                body[position] ^= 0xFF
    path.write_bytes(body)


@pytest.mark.parametrize("how", ["cut", "no database", "flipped"])
def test_the_remedy_for_a_damaged_store_works(workspace: Workspace, how: str) -> None:
    good = workspace.traffic(YEAR, moment(1))
    workspace.close()
    damage(work(workspace), how)
    with pytest.raises(StoreError, match=r"work\.duckdb cannot be read") as caught, Writer(workspace.paths) as writer:
        writer.con.execute(TOTAL)
    assert f"copy {good} over it" in caught.value.hint
    assert "\n" not in caught.value.message
    shutil.copy(good, work(workspace))
    workspace.traffic({DAY: 2}, moment(2))
    assert workspace.read(TOTAL) == [(sum(YEAR.values()) + 2,)]


@pytest.mark.parametrize("how", ["cut", "empty", "no database", "flipped"])
def test_a_damaged_snapshot_is_told_and_the_next_one_is_good(workspace: Workspace, how: str) -> None:
    damage(workspace.traffic(YEAR, moment(1)), how)
    with pytest.raises(StoreError, match=r"snap-1\.duckdb cannot be read") as caught, Reader(workspace.paths) as reader:
        reader.rows(TOTAL)
    assert "kpiterm sync" in caught.value.hint
    workspace.traffic({DAY: 2}, moment(2))
    assert workspace.read(TOTAL) == [(sum(YEAR.values()) + 2,)]


def test_what_was_committed_but_not_published_is_published_next_time(workspace: Workspace) -> None:
    workspace.traffic({DAY: 1}, moment(1))
    workspace.merge("traffic_day", ["window:day"], [{"day": DAY, "sessions": 2}], days=[DAY], loaded_at=moment(2))
    workspace.close()
    assert workspace.read(SESSIONS) == [(1,)]
    assert workspace.writer.publish()
    assert workspace.read(SESSIONS) == [(2,)]


def test_a_failed_transaction_is_undone_and_the_writer_goes_on(workspace: Workspace) -> None:
    def fail() -> None:
        with workspace.writer.transaction() as con:
            con.execute("INSERT INTO watermark VALUES ('us', 's', now()::TIMESTAMP, now()::TIMESTAMP)")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    workspace.traffic({DAY: 1}, moment(1))
    assert workspace.read("SELECT count(*) FROM watermark") == [(0,)]


def test_a_sync_of_a_moment_publishes_at_its_end_alone(workspace: Workspace) -> None:
    workspace.merge("traffic_day", ["window:day"], [{"day": DAY, "sessions": 2}], days=[DAY], loaded_at=moment(1))
    assert workspace.writer.publish_if_due() is None
    assert workspace.writer.publish()


def test_a_long_sync_publishes_now_and_then_but_not_all_the_time(workspace: Workspace) -> None:
    workspace.traffic({DAY: 1}, moment(1))
    workspace.merge("traffic_day", ["window:day"], [{"day": DAY, "sessions": 2}], days=[DAY], loaded_at=moment(2))
    assert workspace.writer.publish_if_due() is None
    workspace.writer.published_at -= 10
    assert workspace.writer.publish_if_due()
    workspace.writer.published_at -= 10
    assert workspace.writer.publish_if_due() is None


def test_the_spool_is_emptied_of_what_a_killed_sync_left(workspace: Workspace) -> None:
    left = workspace.paths.spool / "20261101T000000-abc"
    left.mkdir(parents=True)
    (left / "orders-1.ndjson").write_text("{}")
    workspace.writer.clear_spool()
    assert list(workspace.paths.spool.iterdir()) == []


def test_files_are_written_so_that_every_supported_duckdb_reads_them(workspace: Workspace) -> None:
    workspace.traffic({DAY: 1}, moment(1))
    assert CONFIG["storage_compatibility_version"] == "v1.5.0"
    tags: Any = workspace.writer.con.execute(
        "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'work'"
    ).fetchall()
    assert tags[0][0].startswith("v1."), tags


def other_python() -> str | None:
    return os.environ.get("OTHER_DUCKDB_PYTHON")


@pytest.mark.skipif(not other_python(), reason="OTHER_DUCKDB_PYTHON names no Python with another DuckDB")
def test_another_duckdb_reads_the_snapshot(workspace: Workspace) -> None:
    path = workspace.traffic({DAY: 1}, moment(1))
    code = f"import duckdb; print(duckdb.connect({str(path)!r}, read_only=True).execute({SESSIONS!r}).fetchall())"
    told = subprocess.run([other_python() or "", "-c", code], capture_output=True, text=True, check=False)
    assert told.stdout == "[(1,)]\n", told.stderr


def test_current_snapshot_is_none_before_the_first(workspace: Workspace) -> None:
    assert workspace.writer
    assert snapshot.current(workspace.paths.store) is None
