"""The board's benchmark: what it asks for, and that it runs from end to end, with or without other tools beside it."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench import board_peers
from bench.board_kpis import first_kpis, last_months
from kpiterm.analysis.kpi.catalogue import load_catalogue


def test_a_usual_board_has_its_number_of_kpis_and_all_that_they_are_computed_from() -> None:
    chosen = first_kpis(load_catalogue(), 45)
    assert len(chosen) == 45
    assert {part for d in chosen.values() for part in d.refers} <= set(chosen)


def test_months_are_whole_and_cross_the_year() -> None:
    assert last_months(date(2026, 1, 15), 2) == [
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2025, 12, 1), date(2025, 12, 31)),
    ]


def test_without_the_peers_the_lines_say_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_peers, "interpreter", lambda module: None)
    lines = {line.name: line for line in bench.benchmarks(bench.TINY, tmp_path, "board")}
    each = next(name for name in lines if name.startswith("the rows"))
    assert lines[each].rows == bench.TINY.board_rows
    for name in list(lines)[-2:]:
        assert (lines[name].wall_ms, "bench/peers.txt" in lines[name].note) == (None, True)


def test_a_virtualenv_is_used_only_for_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_PEERS", str(tmp_path))
    assert board_peers.interpreter("duckdb") == sys.executable
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    assert board_peers.interpreter("json") == str(tmp_path / "bin" / "python")
    assert board_peers.interpreter("no_such_library") is None


def test_a_peer_that_comes_to_another_total_fails_the_benchmark() -> None:
    totals = {"gmv": Decimal("10.50"), "units": Decimal(3)}
    board_peers.compare({"version": "Polars 0", "totals": {"gmv": "10.5000", "units": "3"}}, totals)
    with pytest.raises(RuntimeError, match=r"gmv: DuckDB adds 10.50 up, Polars 0 10.51"):
        board_peers.compare({"version": "Polars 0", "totals": {"gmv": "10.51"}}, totals)
