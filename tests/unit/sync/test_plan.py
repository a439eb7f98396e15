"""Which windows are fetched: all of the time that is due, once, and days cut where the marketplace cuts them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.plugins import Context, Payload, Row, Stream, Window
from kpiterm.sync.plan import Ask, Progress, plan, reached, shortfall

NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
ZONES = ("America/Los_Angeles", "Asia/Tokyo", "Europe/London")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

zones = st.sampled_from(ZONES)
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda n: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
# Around the days of 23 and 25 hours.
turns = st.builds(
    lambda month, day, minutes: datetime(2026, month, day, tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from([3, 10, 11]),
    st.sampled_from([1, 8, 25, 29]),
    st.integers(-4000, 4000),
)
spans = st.integers(1, 60 * 24 * 70).map(lambda minutes: timedelta(minutes=minutes))


def fetch(_ctx: Context, _window: Window) -> Iterator[Payload | Row]:
    yield from ()


def stream(**values: Any) -> Stream:
    return Stream(name="orders", title="Orders", fetch=fetch, **values)


def windows(asked: Stream, progress: Progress = Progress(), ask: Ask = Ask(), **values: Any) -> list[Window]:  # noqa: B008
    shared: dict[str, Any] = {"now": NOW, "timezone": "UTC"}
    return plan(asked, progress, ask, **shared | values)


def midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def contiguous(found: list[Window]) -> bool:
    return all(earlier.end == later.start for earlier, later in pairwise(found))


@given(moments | turns, spans, spans, st.integers(0, 3000).map(lambda m: timedelta(minutes=m)))
def test_windows_cover_the_whole_span_once(now: datetime, history: timedelta, step: timedelta, lag: timedelta) -> None:
    found = windows(stream(history=history, max_window=step, lag=lag), now=now)
    if history <= lag:
        assert found == []
        return
    assert (found[0].start, found[-1].end) == (now - history, now - lag)
    assert contiguous(found)
    assert max(w.end - w.start for w in found) <= step


@given(moments | turns, zones, spans, st.integers(1, 45), st.integers(0, 2000).map(lambda m: timedelta(minutes=m)))
def test_windows_by_day_begin_at_the_marketplaces_midnight(
    now: datetime, timezone: str, history: timedelta, days: int, lag: timedelta
) -> None:
    found = windows(stream(history=history, max_window=days * DAY, lag=lag, by_day=True), now=now, timezone=timezone)
    first, last = ((now - ago).astimezone(ZoneInfo(timezone)).date() for ago in (history, lag))
    if first > last:
        assert found == []
        return
    assert (found[0].start, found[-1].end) == (midnight(first, timezone), midnight(last + DAY, timezone))
    assert contiguous(found)
    seen = [day for window in found for day in window.days(timezone)]
    assert seen == [first + DAY * n for n in range((last - first).days + 1)]
    for window in found:
        assert window.start == midnight(window.start.astimezone(ZoneInfo(timezone)).date(), timezone)
        assert len(window.days(timezone)) <= days


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 2), 24)])
def test_a_day_of_23_or_25_hours_is_one_window(day: date, hours: int) -> None:
    zone = "America/Los_Angeles"
    found = windows(stream(by_day=True, max_window=DAY), ask=Ask(since=day), timezone=zone)
    assert found[0] == Window(midnight(day, zone), midnight(day + DAY, zone))
    assert found[0].end - found[0].start == hours * HOUR


@given(moments, moments, spans, st.none() | moments)
def test_a_watermark_never_goes_back_nor_into_the_future(
    now: datetime, start: datetime, length: timedelta, before: datetime | None
) -> None:
    asked = stream(lag=HOUR)
    moment = reached(asked, Window(start, start + length), before, now)
    assert before is None or moment >= before
    assert moment <= max(now - HOUR, before or now - HOUR)
    assert before is None or moment == before or moment <= start + length


def test_the_next_run_goes_on_from_the_watermark_less_the_look_back() -> None:
    progress = Progress(watermark=NOW - 2 * DAY)
    assert windows(stream(lookback=3 * HOUR), progress) == [Window(NOW - 2 * DAY - 3 * HOUR, NOW)]


def test_a_first_run_reads_the_history() -> None:
    assert windows(stream(history=5 * DAY)) == [Window(NOW - 5 * DAY, NOW)]


@pytest.mark.parametrize("progress", [Progress(), Progress(watermark=NOW - DAY)])
def test_nothing_is_asked_for_that_the_vendor_no_longer_has(progress: Progress) -> None:
    asked = stream(history=90 * DAY, retention=30 * DAY, lookback=60 * DAY)
    for ask in (Ask(), Ask(full=True), Ask(since=date(2020, 1, 1))):
        assert windows(asked, progress, ask)[0].start == NOW - 30 * DAY


def test_since_is_a_day_of_the_marketplace() -> None:
    ask = Ask(since=date(2026, 11, 20))
    for timezone in ZONES:
        assert windows(stream(), ask=ask, timezone=timezone)[0].start == midnight(date(2026, 11, 20), timezone)


def test_since_and_full_go_back_behind_the_watermark() -> None:
    progress = Progress(watermark=NOW - HOUR)
    assert windows(stream(), progress, Ask(since=date(2026, 11, 1)))[0].start == datetime(2026, 11, 1, tzinfo=UTC)
    assert windows(stream(history=9 * DAY), progress, Ask(full=True))[0].start == NOW - 9 * DAY


@pytest.mark.parametrize("ask", [Ask(since=date(2026, 11, 20)), Ask(full=True)])
def test_neither_leaves_a_gap_behind_a_watermark_that_is_older_still(ask: Ask) -> None:
    """The watermark says that everything before it is in the store, so it must not jump over days never read."""
    old = Progress(watermark=NOW - 100 * DAY)
    found = windows(stream(history=30 * DAY, lookback=DAY), old, ask)
    assert (found[0].start, found[-1].end) == (NOW - 101 * DAY, NOW)
    assert contiguous(found)


def test_a_day_to_come_has_nothing_to_read() -> None:
    assert windows(stream(), ask=Ask(since=date(2026, 12, 24))) == []


@pytest.mark.parametrize(("ago", "is_due"), [(14, False), (15, True), (16, True)])
def test_a_stream_waits_its_turn_unless_it_is_forced(ago: int, is_due: bool) -> None:
    progress = Progress(watermark=NOW - HOUR, last_ok=NOW - timedelta(minutes=ago))
    asked = stream(every=timedelta(minutes=15))
    assert bool(windows(asked, progress)) is is_due
    for ask in (Ask(force=True), Ask(full=True), Ask(since=date(2026, 11, 1))):
        assert windows(asked, progress, ask)


def test_a_stream_that_never_ended_well_is_due() -> None:
    assert windows(stream(every=7 * DAY), Progress(watermark=NOW - HOUR))


def test_a_source_without_a_past_is_read_as_it_is_now() -> None:
    asked = stream(snapshot=True, every=HOUR, history=60 * DAY)
    for progress in (Progress(), Progress(watermark=NOW - 40 * DAY)):
        assert windows(asked, progress, Ask(full=True)) == [Window(NOW - HOUR, NOW)]
    assert windows(stream(snapshot=True, every=timedelta(0)))[0].end == NOW


def test_nothing_is_new_behind_the_vendors_own_lag() -> None:
    asked = stream(lag=2 * DAY)
    assert windows(asked, Progress(watermark=NOW - 2 * DAY)) == []
    assert windows(asked, Progress(watermark=NOW - 3 * DAY)) == [Window(NOW - 3 * DAY, NOW - 2 * DAY)]


@pytest.mark.parametrize(
    ("progress", "ask", "lost"),
    [
        (Progress(), Ask(), None),
        (Progress(), Ask(full=True), None),
        (Progress(watermark=NOW - HOUR), Ask(full=True), None),
        (Progress(), Ask(since=date(2026, 1, 1)), "2026-01-01 to 2026-08-24"),
        (Progress(watermark=NOW - HOUR), Ask(), None),
        (Progress(watermark=NOW - 90.5 * DAY), Ask(), None),
        (Progress(watermark=NOW - 100 * DAY), Ask(), "2026-08-14 to 2026-08-24"),
    ],
)
def test_what_the_vendor_does_not_show_any_more_is_said(progress: Progress, ask: Ask, lost: str | None) -> None:
    kept = stream(history=400 * DAY, retention=90 * DAY)
    found = shortfall(kept, progress, ask, now=NOW, timezone="UTC")
    assert (found is None) == (lost is None)
    assert (lost or "") in (found or "")
    assert windows(kept, progress, ask)[0].start >= NOW - 90 * DAY


def test_streams_without_a_limit_and_of_the_present_leave_nothing_out() -> None:
    ask = Ask(since=date(2020, 1, 1))
    for asked in (stream(), stream(snapshot=True, retention=DAY)):
        assert shortfall(asked, Progress(), ask, now=NOW, timezone="UTC") is None
