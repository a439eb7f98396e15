"""The macros that connectors' SELECTs call, against Python's own time zones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.sql import MACROS

CHANNELS = {**{channel: place.timezone for channel, place in MARKETPLACES.items()}, "shopify:example": "Asia/Tokyo"}
moments = st.datetimes(datetime.fromisoformat("2015-01-01"), datetime.fromisoformat("2035-01-01"))


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    con.execute(MACROS)
    con.execute("set variable timezone = 'Asia/Tokyo'")
    yield con
    con.close()


def value(con: duckdb.DuckDBPyConnection, sql: str, *arguments: object) -> object:
    return con.execute(f"select {sql}", arguments).fetchall()[0][0]


@given(moments, st.sampled_from(sorted(CHANNELS)))
def test_the_business_day_is_cut_in_the_channels_zone(
    con: duckdb.DuckDBPyConnection, moment: datetime, channel: str
) -> None:
    expected = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(CHANNELS[channel])).date()
    assert value(con, "business_day(cast(? as timestamp), ?)", moment, channel) == expected


def test_the_us_day_changes_at_eight_and_in_summer_at_seven(con: duckdb.DuckDBPyConnection) -> None:
    hours = ["2026-03-08 07:59:59", "2026-03-08 08:00:00", "2026-03-09 06:59:59", "2026-03-09 07:00:00"]
    days = [str(value(con, "business_day(cast(? as timestamp), 'amazon.com')", hour)) for hour in hours]
    assert days == ["2026-03-07", "2026-03-08", "2026-03-08", "2026-03-09"]


def test_a_row_without_channel_takes_the_accounts_zone(con: duckdb.DuckDBPyConnection) -> None:
    assert str(value(con, "business_day(timestamp '2026-03-08 15:00:00', null)")) == "2026-03-09"
    assert value(con, "business_day(null::timestamp, 'amazon.com')") is None


@given(moments, st.integers(-14 * 60, 14 * 60))
def test_utc_reads_iso_text_of_any_offset(con: duckdb.DuckDBPyConnection, moment: datetime, offset: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    expected = aware.astimezone(UTC).replace(tzinfo=None)
    assert value(con, "utc(?)", aware.isoformat()) == expected
    assert value(con, "utc(?)", f"{expected.isoformat()}Z") == expected


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T09:30:00Z", "2026-11-20 09:30:00"),
        (" 2026-11-20T09:30:00.123Z ", "2026-11-20 09:30:00.123"),
        (" 2026-11-20T09:30:00+00:00", "2026-11-20 09:30:00"),
        ("2026-11-20T09:30:00-0800", "2026-11-20 17:30:00"),
        ("2026-11-20 09:30:00", "2026-11-20 09:30:00"),
        ("", None),
        ("   ", None),
        (None, None),
    ],
)
def test_utc_of_what_exports_hold(con: duckdb.DuckDBPyConnection, text: str | None, moment: str | None) -> None:
    assert value(con, "cast(utc(?) as varchar)", text) == moment


def test_utc_refuses_what_is_no_moment(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.ConversionException, match="yesterday"):
        value(con, "utc('yesterday')")


def test_the_text_may_be_run_twice(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(MACROS)
    assert value(con, "utc('')") is None
