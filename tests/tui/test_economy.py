"""What the screen costs on the line, in bytes: to open, to follow, and to leave open."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest

from bench.probe import Probe

CTRL_L = "\x0c"
OPENED, REFRESHED, PER_SECOND = 40_000, 2_000, 120


@dataclass(frozen=True)
class Cost:
    """Bytes: from the start to the full board, of three changed gauges, of an hour in which only ages changed, of
    reading the same again, of drawing anew; the modes that were asked for."""

    opened: int
    refreshed: int
    hour: int
    again: int
    anew: int
    asked: bytes


@pytest.fixture(scope="module", params=[1, 3], ids=["usual", "low bandwidth"])
def line(request: pytest.FixtureRequest) -> Iterator[tuple[int, Cost]]:
    """By how much less it has to be, and what it was."""
    share = int(request.param)
    environment = {"KPITERM_LOW_BANDWIDTH": "1" if share > 1 else "0", "COLORFGBG": "15;0"}
    with Probe([sys.executable, "-m", "bench.cockpit"], env=environment) as probe:
        costs = [probe.bytes]
        for key, text in (("", "Sales of kind 9"), ("r", "21,234"), ("r", "1 h ago"), ("r", ""), (CTRL_L, "")):
            probe.press(key)
            probe.until_text(text)
            probe.quiet(0.4)
            costs.append(probe.bytes)
        opened, refreshed, hour, again, anew = (after - before for before, after in pairwise(costs))
        yield share, Cost(opened, refreshed, hour, again, anew, probe.modes)


def test_a_full_board_is_opened_within_its_budget(line: tuple[int, Cost]) -> None:
    share, cost = line
    assert 1_000 < cost.opened <= OPENED // share


def test_three_changed_gauges_cost_what_they_say_and_little_more(line: tuple[int, Cost]) -> None:
    share, cost = line
    assert 20 < cost.refreshed <= REFRESHED // share


def test_an_hour_of_looking_costs_next_to_nothing(line: tuple[int, Cost]) -> None:
    share, cost = line
    assert cost.hour > 10
    assert cost.hour / 60 <= PER_SECOND // share, "every line changed at once, and a minute is how often they may"


def test_reading_the_same_again_writes_nothing(line: tuple[int, Cost]) -> None:
    assert line[1].again == 0


def test_the_screen_can_be_drawn_anew(line: tuple[int, Cost]) -> None:
    assert line[1].anew > line[1].opened / 3


def test_no_mouse_moves_are_asked_for_and_no_mouse_on_a_slow_line(line: tuple[int, Cost]) -> None:
    share, cost = line
    assert b"?1003h" not in cost.asked
    assert (b"?1000h" in cost.asked) is (share == 1)
