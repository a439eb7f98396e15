from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.sandbox.clock import Clock, iso


def test_a_fixed_moment_stands_still_while_protocol_time_runs_on() -> None:
    clock = Clock(datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=2))))
    first, protocol = clock(), clock.time()
    assert first == datetime(2026, 11, 23, 10, tzinfo=UTC)
    while clock.time() <= protocol:
        pass
    assert clock() == first


def test_moving_the_clock_moves_both() -> None:
    clock = Clock(datetime(2026, 11, 23, tzinfo=UTC))
    before = clock.time()
    clock.move(timedelta(days=3))
    assert clock() == datetime(2026, 11, 26, tzinfo=UTC)
    assert clock.time() - before >= timedelta(days=3).total_seconds()


def test_a_naive_moment_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="tzinfo=UTC"):
        Clock(datetime(2026, 11, 23))  # noqa: DTZ001 - the point of the test


@given(st.integers(0, 4_000_000_000))
def test_iso_text_reads_back_as_the_same_second(seconds: int) -> None:
    assert datetime.fromisoformat(iso(seconds)).timestamp() == seconds
