"""What a connector must not forget: kept until the window that used it is stored, whatever dies in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpiterm.sync.resume import Resume


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "resume" / "us-main.json"


def after_a_crash(path: Path) -> Resume:
    """What a new process finds."""
    return Resume(path)


def test_what_was_remembered_survives(path: Path) -> None:
    Resume(path).remember("report 2026-11-01", "id-1 ✓")
    assert after_a_crash(path).recall("report 2026-11-01") == "id-1 ✓"
    assert after_a_crash(path).recall("another") is None
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_forgotten_key_is_gone_for_the_connector_but_not_for_a_crash(path: Path) -> None:
    resume = Resume(path)
    resume.window = 1
    resume.remember("report", "id-1")
    resume.remember("report", None)
    assert resume.recall("report") is None
    assert after_a_crash(path).recall("report") == "id-1"
    resume.stored(1)
    assert after_a_crash(path).recall("report") is None


def test_only_what_the_stored_windows_used_is_forgotten(path: Path) -> None:
    resume = Resume(path)
    for window in (1, 2):
        resume.window = window
        resume.remember(f"report {window}", "id")
        resume.remember(f"report {window}", None)
    resume.stored(1)
    assert [after_a_crash(path).recall(f"report {window}") for window in (1, 2)] == [None, "id"]
    resume.stored(2)
    assert after_a_crash(path).recall("report 2") is None


def test_a_key_that_is_remembered_anew_is_not_forgotten(path: Path) -> None:
    resume = Resume(path)
    resume.window = 1
    resume.remember("report", "id-1")
    resume.remember("report", None)
    resume.remember("report", "id-2")
    resume.stored(1)
    assert resume.recall("report") == after_a_crash(path).recall("report") == "id-2"


def test_forgetting_what_was_never_known_is_fine(path: Path) -> None:
    resume = Resume(path)
    resume.remember("report", None)
    resume.stored(0)
    assert after_a_crash(path).recall("report") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '"text"', "null", "\xff"])
def test_a_damaged_file_costs_a_second_request_and_no_more(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_bytes(text.encode("latin-1"))
    resume = Resume(path)
    assert resume.recall("report") is None
    resume.remember("report", "id-2")
    assert after_a_crash(path).recall("report") == "id-2"


def test_what_a_fetch_forgets_on_its_way_out_of_a_failure_is_gone(path: Path) -> None:
    """A report that the vendor could not make: found again, it would fail every run to come."""
    resume = Resume(path)
    resume.window = 1
    resume.remember("report", "id-1")
    resume.remember("report", None)
    resume.failed()
    assert after_a_crash(path).recall("report") is None


def test_what_was_read_before_the_failure_is_found_again(path: Path) -> None:
    resume = Resume(path)
    resume.window = 1
    resume.remember("report 1", "id-1")
    resume.remember("report 1", None)
    resume.handed_over()
    resume.remember("report 2", "id-2")
    resume.failed()
    resume.window = 1  # of the next stream
    resume.stored(1)
    assert [after_a_crash(path).recall(f"report {n}") for n in (1, 2)] == ["id-1", "id-2"]
