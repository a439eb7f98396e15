"""The benchmark of forecasts: what it prints is measured on one catalogue for all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.forecast import forecasts


def test_costs_and_fits_stand_beside_the_rules_of_the_trade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BENCH_PEERS", raising=False)
    lines = {line.name.strip(): line for line in forecasts(tmp_path / "bench", 20, 40, 60)}
    measured, million = lines["forecast 40 series x 730 days, fast"], lines["1,000,000 series"]
    assert measured.cpu_ms
    assert million.cpu_ms == pytest.approx(measured.cpu_ms * 25_000)
    told = {name: re.search(r"WAPE ([\d.]+)", line.note) for name, line in lines.items()}
    error = {name: float(match[1]) for name, match in told.items() if match}
    assert error["fit of 60 series, fast"] < 0.85 * error["velocity 3/7/30 (.4/.4/.2)"]
    assert {"velocity 30 days", "velocity 30 days in stock", "fit of 60 series, full"} <= {*error}
