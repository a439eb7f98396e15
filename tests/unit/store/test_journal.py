"""The operation log: nothing is lost, whatever crashes, and nothing is changed unnoticed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from subprocess import PIPE
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.errors import StoreError
from kpiterm.store import journal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.store.conftest import Workspace

NOW = datetime(2026, 11, 2, 8, 30, 0, 123456, tzinfo=UTC)
EVENTS = "SELECT seq, kind, detail FROM event ORDER BY seq"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "journal.jsonl"


def fill(path: Path, number: int = 4) -> list[journal.Entry]:
    return [journal.append(path, "kpi.enter", {"kpi": "odr", "value": str(n)}, now=NOW) for n in range(number)]


def test_what_was_appended_is_read_back_in_order(path: Path) -> None:
    written = fill(path)
    assert list(journal.read(path)) == written
    assert list(journal.read(path, after=2)) == written[2:]
    assert [e.seq for e in written] == [1, 2, 3, 4]
    assert journal.verify(path) == 4
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_log_that_was_never_written_is_empty_and_sound(path: Path) -> None:
    assert list(journal.read(path)) == []
    assert journal.verify(path) == 0


@pytest.mark.parametrize(
    "text", ["王小明: 退款 ✓", "line\nbreak\ttab", "\u2028separators\x85", "\0", '{"a": "b"}', "''"]
)
def test_any_text_survives(path: Path, workspace: Workspace, text: str) -> None:
    entry = journal.append(workspace.paths.journal, "note", {"text": text, text: None})
    journal.append(workspace.paths.journal, "note", {})
    assert next(journal.read(workspace.paths.journal)) == entry
    assert journal.verify(workspace.paths.journal) == 2
    assert workspace.writer.publish()
    [(_, _, detail), _] = workspace.read(EVENTS)
    assert json.loads(str(detail)) == {"text": text, text: None}


def test_moments_are_kept_in_utc_to_the_millisecond(path: Path) -> None:
    entry = journal.append(path, "note", {}, now=NOW.astimezone(timezone(timedelta(hours=9))))
    assert entry.happened_at == NOW.replace(microsecond=123000)
    assert b"2026-11-02T08:30:00.123Z" in path.read_bytes()
    assert journal.verify(path) == 1


def test_the_actor_is_who_sits_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "maria")
    assert journal.append(path, "note", {}).actor == "maria"
    monkeypatch.setenv("KPITERM_ACTOR", "Maria Lopez")
    assert journal.append(path, "note", {}).actor == "Maria Lopez"


def edited(**change: Any) -> Callable[[list[str]], None]:
    def edit(lines: list[str]) -> None:
        lines[1] = json.dumps(json.loads(lines[1]) | change)

    return edit


def renumbered(lines: list[str]) -> None:
    """Take one out and hide the gap."""
    del lines[1]
    lines[1:] = [json.dumps(json.loads(line) | {"seq": n}) for n, line in enumerate(lines[1:], 2)]


@pytest.mark.parametrize(
    ("named", "tamper"),
    [
        pytest.param(2, edited(detail={"kpi": "odr", "value": "0"}), id="a value"),
        pytest.param(2, edited(actor="somebody"), id="the actor"),
        pytest.param(2, edited(happened_at="2026-11-02T08:31:00.123Z"), id="the moment"),
        pytest.param(2, edited(hash="0" * 64), id="the hash"),
        pytest.param(7, edited(seq=7), id="the number"),
        pytest.param(2, lambda lines: lines.pop(0), id="the first removed"),
        pytest.param(3, lambda lines: lines.pop(1), id="one removed"),
        pytest.param(2, renumbered, id="one removed and the rest renumbered"),
        pytest.param(3, lambda lines: lines.insert(1, lines.pop(2)), id="two exchanged"),
        pytest.param(1, lambda lines: lines.insert(1, lines[0]), id="one doubled"),
        pytest.param(3, lambda lines: lines.__setitem__(1, "{}"), id="one emptied"),
        pytest.param(3, lambda lines: lines.__setitem__(1, "[1]"), id="one replaced by something else"),
    ],
)
def test_whatever_was_done_to_an_entry_is_found_and_named(
    path: Path, named: int, tamper: Callable[[list[str]], object]
) -> None:
    fill(path)
    lines = path.read_text().splitlines()
    tamper(lines)
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(StoreError) as caught:
        journal.verify(path)
    assert f"{path}: entry {named} " in caught.value.message
    assert "backup" in caught.value.hint


@pytest.mark.parametrize(("lost", "whole"), [(1, 3), (2, 2), (60, 2)])
def test_a_line_torn_by_a_crash_is_left_out_and_the_next_starts_on_its_own(path: Path, lost: int, whole: int) -> None:
    written = fill(path, 3)
    path.write_bytes(path.read_bytes()[:-lost])
    assert list(journal.read(path)) == written[:whole]
    entry = journal.append(path, "note", {"after": "the crash"})
    assert list(journal.read(path)) == [*written[:whole], entry]
    assert journal.verify(path) == entry.seq == whole + 1


def test_two_processes_at_once_lose_nothing(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kpiterm.store import journal\n"
        "print(flush=True); sys.stdin.readline()\n"
        "for n in range(50): journal.append(Path(sys.argv[1]), 'note', {'who': sys.argv[2], 'n': n})"
    )
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen([sys.executable, "-c", code, str(path), who], stdin=PIPE, stdout=PIPE, text=True)
            )
            for who in "ab"
        ]
        for process in processes:
            assert process.stdout
            process.stdout.readline()
        for process in processes:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
    assert [process.returncode for process in processes] == [0, 0]
    assert journal.verify(path) == 100
    for who in "ab":
        assert [e.detail["n"] for e in journal.read(path) if e.detail["who"] == who] == list(range(50))


def test_entries_are_folded_into_the_store_once(workspace: Workspace) -> None:
    fill(workspace.paths.journal, 2)
    assert journal.fold(workspace.writer.con, workspace.paths.journal)
    assert not journal.fold(workspace.writer.con, workspace.paths.journal)
    fill(workspace.paths.journal, 1)
    assert journal.fold(workspace.writer.con, workspace.paths.journal)
    found = workspace.writer.con.execute("SELECT seq, kind, happened_at, hash FROM event ORDER BY seq").fetchall()
    read = journal.read(workspace.paths.journal)
    assert found == [(e.seq, e.kind, e.happened_at.replace(tzinfo=None), e.hash) for e in read]


def test_a_reader_sees_an_entry_at_once_and_never_twice(workspace: Workspace) -> None:
    assert workspace.writer
    fill(workspace.paths.journal, 1)
    seen = workspace.read(EVENTS)
    assert len(seen) == 1
    assert workspace.writer.publish()
    assert workspace.read(EVENTS) == seen
    journal.append(workspace.paths.journal, "note", {"text": "newer than the snapshot"})
    assert [row[:2] for row in workspace.read(EVENTS)] == [(1, "kpi.enter"), (2, "note")]
