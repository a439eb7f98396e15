"""Publishing: what a reader sees, what stays on the disk, and what a killed publish leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from kpiterm.store import snapshot
from kpiterm.store.engine import Writer
from kpiterm.store.read import Reader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.store.conftest import Workspace

DAY = date(2026, 11, 1)
SESSIONS = "SELECT sessions FROM traffic_day"


def moment(hour: int) -> datetime:
    return datetime(2026, 11, 2, hour, tzinfo=UTC).replace(tzinfo=None)


def names(directory: Path) -> list[str]:
    return sorted(p.name for p in directory.iterdir() if p.name.startswith(("snap-", "CURRENT")))


def test_the_last_three_are_kept_and_no_name_is_used_twice(workspace: Workspace) -> None:
    published = [workspace.traffic({DAY: n}, moment(n)).name for n in range(5)]
    assert published == [f"snap-{n}.duckdb" for n in range(1, 6)]
    assert names(workspace.paths.store) == ["CURRENT", *published[2:]]


def test_a_name_does_not_come_back_where_somebody_removed_the_files(workspace: Workspace) -> None:
    """A reader of the same process would be served the old file under the old name."""
    for n in range(2):
        workspace.traffic({DAY: n}, moment(n)).unlink()
    assert workspace.traffic({DAY: 9}, moment(9)).name == "snap-3.duckdb"


def test_nothing_is_published_when_nothing_is_new(workspace: Workspace) -> None:
    workspace.traffic({DAY: 1}, moment(1))
    assert workspace.writer.publish() is None
    workspace.close()
    assert workspace.writer.publish() is None


def test_an_open_reader_stays_where_it_is_while_newer_snapshots_sweep_its_file(workspace: Workspace) -> None:
    first = workspace.traffic({DAY: 1}, moment(1))
    with Reader(workspace.paths) as reader:
        for n in range(2, 6):
            workspace.traffic({DAY: n}, moment(n))
        assert not first.exists()
        assert reader.rows(SESSIONS) == [(1,)]
        assert workspace.read(SESSIONS) == [(5,)]


def test_a_reader_whose_file_is_swept_before_it_opens_it_takes_the_next(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.traffic({DAY: 1}, moment(1))
    look = snapshot.current

    def look_slowly(directory: Path) -> Path | None:
        monkeypatch.setattr(snapshot, "current", look)
        stale = look(directory)
        for n in range(2, 6):
            workspace.traffic({DAY: n}, moment(n))
        return stale

    monkeypatch.setattr(snapshot, "current", look_slowly)
    with Reader(workspace.paths) as reader:
        assert (reader.snapshot, reader.rows(SESSIONS)) == ("snap-5.duckdb", [(5,)])


def test_leftovers_of_a_killed_publish_are_removed_by_the_next_writer(workspace: Workspace) -> None:
    workspace.traffic({DAY: 1}, moment(1))
    workspace.close()
    store = workspace.paths.store
    for name in ("snap-2.duckdb.tmp", "snap-1.duckdb.wal", "CURRENT.tmp"):
        (store / name).write_bytes(b"half")
    assert workspace.read(SESSIONS) == [(1,)]
    with Writer(workspace.paths):
        assert names(store) == ["CURRENT", "snap-1.duckdb"]


def test_a_snapshot_that_was_never_pointed_to_is_passed_over(workspace: Workspace) -> None:
    """Killed between the renaming of the copy and that of the pointer."""
    first = workspace.traffic({DAY: 1}, moment(1))
    first.with_name("snap-2.duckdb").write_bytes(b"whole, for all we know")
    assert workspace.read(SESSIONS) == [(1,)]
    assert workspace.traffic({DAY: 2}, moment(2)).name == "snap-3.duckdb"
    assert workspace.read(SESSIONS) == [(2,)]


@pytest.mark.parametrize("text", ["", "../../etc/passwd", "snap-x.duckdb", "work.duckdb"])
def test_a_pointer_to_anything_but_a_snapshot_is_no_pointer(tmp_path: Path, text: str) -> None:
    (tmp_path / "CURRENT").write_text(text)
    assert snapshot.current(tmp_path) is None


def test_pointing_replaces_the_file_instead_of_writing_into_it(tmp_path: Path) -> None:
    """Whoever has the old one open goes on reading the old text, whole."""
    pointer = tmp_path / "CURRENT"
    snapshot.point_to(pointer, "snap-1.duckdb")
    with pointer.open() as old:
        snapshot.point_to(pointer, "snap-2")
        assert (old.read(), pointer.read_text()) == ("snap-1.duckdb", "snap-2")
    assert [p.name for p in tmp_path.iterdir()] == ["CURRENT"]
