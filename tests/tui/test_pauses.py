"""What is kept is not searched, and what is closed is freed all the same."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest

from kpiterm.tui import pauses


class Knot:
    """Refers to itself, as a closed screen and its widgets do."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def begun() -> Iterator[None]:
    thresholds, turn = gc.get_threshold(), sys.getswitchinterval()
    gc.collect()
    pauses.begin()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(turn)


@pytest.mark.usefixtures("begun")
def test_what_was_closed_is_freed_and_what_is_kept_is_not_searched() -> None:
    kept: list[list[int]] = [[] for _ in range(1000)]
    pauses.keep()
    assert gc.get_count()[0] < 1000
    assert len(gc.get_objects()) < len(kept)
    closed = weakref.ref(Knot())
    pauses.tidy()
    assert closed() is None


def test_a_program_that_has_not_begun_is_left_alone() -> None:
    frozen, thresholds = gc.get_freeze_count(), gc.get_threshold()
    pauses.keep()
    pauses.tidy()
    assert (gc.get_freeze_count(), gc.get_threshold()) == (frozen, thresholds)


@pytest.mark.usefixtures("begun")
def test_a_start_is_not_held_up_and_garbage_is_searched_for_once_it_has_begun() -> None:
    pauses.hold()
    assert not gc.isenabled()
    pauses.begin()
    assert gc.isenabled()
