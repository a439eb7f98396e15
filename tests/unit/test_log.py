"""The sync's log: every line as it was said, in files that stay small and private."""

from __future__ import annotations

import re
from pathlib import Path

from kpiterm.log import open_log


def test_lines_are_kept_with_their_moment_whatever_they_hold(tmp_path: Path) -> None:
    log = open_log(tmp_path / "logs")
    said = ["us-main: 100% of %s and {braces}", "注文 ✓ 'quotes'"]
    for line in said:
        log(line)
    lines = (tmp_path / "logs" / "sync.log").read_text("utf-8").splitlines()
    assert [line.partition(" ")[2] for line in lines] == said
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} ", line) for line in lines)
    assert (tmp_path / "logs").stat().st_mode & 0o777 == 0o700


def test_a_second_sync_goes_on_in_the_same_file(tmp_path: Path) -> None:
    for text in ("first", "second"):
        open_log(tmp_path)(text)
    assert len((tmp_path / "sync.log").read_text().splitlines()) == 2


def test_a_talkative_connector_does_not_fill_the_disk(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    for number in range(70):
        log(f"{number} " + "x" * (100 << 10))
    files = sorted(p.name for p in tmp_path.iterdir())
    assert files == ["sync.log", "sync.log.1", "sync.log.2", "sync.log.3"]
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) <= 4 << 20
    assert "69 x" in (tmp_path / "sync.log").read_text()
