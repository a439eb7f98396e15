from __future__ import annotations

import time
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


def test_protocol_time_runs_at_its_speed_and_agrees_with_its_setting() -> None:
    clock = Clock(datetime(2026, 11, 23, tzinfo=UTC), speed=1000)
    for by in (timedelta(), timedelta(hours=6)):
        clock.move(by)
        speed, offset = map(float, clock.setting.split())
        before, found, after = time.time(), clock.time(), time.time()
        assert before * speed + offset <= found <= after * speed + offset
    assert clock() == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert clock.time() >= clock().timestamp()
    with pytest.raises(ValueError, match="above 0"):
        Clock(speed=0)


def test_a_clock_that_is_not_fixed_shows_the_shop_at_its_own_time() -> None:
    clock = Clock(speed=1000)
    assert abs(clock().timestamp() - clock.time()) < 60
    assert Clock().setting == "1.0 0.0"


def test_a_naive_moment_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="tzinfo=UTC"):
        Clock(datetime(2026, 11, 23))  # noqa: DTZ001 - the point of the test


@given(st.integers(0, 4_000_000_000))
def test_iso_text_reads_back_as_the_same_second(seconds: int) -> None:
    assert datetime.fromisoformat(iso(seconds)).timestamp() == seconds
