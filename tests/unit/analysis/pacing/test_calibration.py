"""Projections of back-dated months beside what came: the intervals hold what they promise, and so do the odds."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[4]
SHARED = ROOT.parent / "shared"
DATA = SHARED / "data"
PARTS = ["invented shops", "real series"]
pytestmark = pytest.mark.xdist_group("calibration")  # it is measured once in a process


@cache
def measured() -> dict[str, Any]:
    """All parts: the real series too where there are some."""
    command = [sys.executable, "-W", "error", "-m", "bench.pacing", "--json", "--rounds", "5"]
    more = ["--data", str(DATA)] if DATA.is_dir() else []
    done = subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    parts: dict[str, Any] = json.loads(done.stdout)["parts"]
    return parts


def judged(part: str) -> tuple[dict[str, dict[str, float]], list[dict[str, float]]]:
    """The groups by name, and the bins of probabilities."""
    if part == "real series" and not DATA.is_dir():
        pytest.skip("no real daily series beside the repository")
    found = measured()[part]
    return {group["group"]: group for group in found["groups"]}, found["bins"]


@pytest.mark.parametrize("part", PARTS)
def test_the_80_percent_interval_covers_about_80_percent(part: str) -> None:
    groups, _ = judged(part)
    for name in ("all", "3 days elapsed", "10 days elapsed", "20 days elapsed", "sums", "ratios"):
        assert 0.70 <= groups[name]["covered"] <= 0.92, name


def test_months_without_and_with_a_year_before_them_are_covered_alike() -> None:
    groups, _ = judged("invented shops")
    for name in ("2 to 13 months known", "13 months known, or more"):
        assert 0.72 <= groups[name]["covered"] <= 0.92, name


def test_the_first_weeks_are_wide_and_still_better_than_the_run_rate() -> None:
    groups, _ = judged("their first weeks")
    for name in ("5 to 13 days known", "2 to 4 weeks known"):
        assert 0.75 <= groups[name]["covered"] <= 0.96, name
        assert groups[name]["pinball"] < 0.75 * groups[name]["pinball_run_rate"], name
    assert groups["5 to 13 days known"]["width"] > 1.5 * groups["2 to 4 weeks known"]["width"]


@pytest.mark.parametrize("kind", ["steady", "growing", "seasonal", "bursty", "intermittent", "drifting", "weekend"])
def test_no_kind_of_shop_is_left_out(kind: str) -> None:
    groups, _ = judged("invented shops")
    assert 0.65 <= groups[kind]["covered"] <= 0.96
    assert groups[kind]["pinball"] < 0.8 * groups[kind]["pinball_run_rate"]


@pytest.mark.parametrize("part", PARTS)
def test_targets_are_met_as_often_as_was_said(part: str) -> None:
    _, bins = judged(part)
    assert len(bins) == 5
    for said in bins:
        # Measures of one shop rise and fall together: six projections tell about as much as one by itself.
        chance = sqrt(said["p_hit"] * (1 - said["p_hit"]) / (said["projections"] / 6))
        assert abs(said["hit"] - said["p_hit"]) < 0.02 + 2.5 * chance


@pytest.mark.parametrize("part", PARTS)
def test_the_loss_is_half_that_of_the_run_rate_and_well_below_seasonal_naive(part: str) -> None:
    groups, _ = judged(part)
    everything = groups["all"]
    assert everything["pinball"] < 0.5 * everything["pinball_run_rate"]
    assert everything["pinball"] < 0.65 * everything["pinball_naive"]


@pytest.mark.parametrize("part", PARTS)
def test_the_median_alone_is_nearer_than_the_run_rate(part: str) -> None:
    groups, _ = judged(part)
    for name in ("all", "3 days elapsed", "10 days elapsed", "20 days elapsed"):
        assert groups[name]["error"] < 0.9 * groups[name]["error_run_rate"], name
    assert groups["all"]["error"] < 0.75 * groups["all"]["error_run_rate"]
