"""The day of a row is that of the marketplace, or of the zone that a definition names: 23, 24 or 25 hours long."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from kpiterm.analysis.kpi.figures import read_parts
from kpiterm.analysis.kpi.parse import read_kpis
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.store.migrate import migrations
from kpiterm.sync.rollups import refresh

if TYPE_CHECKING:
    from kpiterm.analysis.kpi.definition import Definition
    from tests.unit.analysis.conftest import Store

ORDERED = """
[kpi.ordered]
version = 1
kind = "sum"
unit = "count"
direction = "up"
name = { en = "Lines", zh = "行数" }
sentence = { en = "Order lines.", zh = "订单行。" }
basis = "moment of the order"
table = "order_line"
day = "ordered_at"
numerator = "1"
"""
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # the clocks of Los Angeles change


@pytest.fixture
def ordered(tmp_path: Path) -> Definition:
    return defined(tmp_path, "")


def defined(folder: Path, zone: str) -> Definition:
    file = folder / "own.toml"
    file.write_text(ORDERED + (f'timezone = "{zone}"\n' if zone else ""), encoding="utf-8")
    return read_kpis(file)[0]


def an_order_every_hour(store: Store, around: date, channel: str = "amazon.com") -> None:
    """For five days; the business day is the one that connectors cut."""
    first = datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(days=2)
    store.rows(
        "INSERT INTO order_line (account, channel, source, order_id, ordered_at, business_day, item_price, currency) "
        "SELECT 'us-main', $1, 'amazon.orders', CAST(hour AS VARCHAR), moment, business_day(moment, $1), 1, 'USD' "
        f"FROM (SELECT hour, TIMESTAMP '{first:%Y-%m-%d %H:%M}' + INTERVAL 1 HOUR * hour AS moment "
        "FROM range(120) AS hours(hour))",
        [channel],
    )


def hours(store: Store, definition: Definition, day: date) -> int:
    """The lines of one day."""
    found = read_parts(store, definition, [(day, day)], store.as_of)
    return sum(part.sample for part in found.get((day, day), []))


@pytest.mark.parametrize(("day", "long"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_day_on_which_the_clocks_change_is_longer_or_shorter(
    store: Store, ordered: Definition, day: date, long: int
) -> None:
    an_order_every_hour(store, day)
    around = [day + timedelta(n) for n in (-1, 0, 1)]
    assert [hours(store, ordered, d) for d in around] == [24, long, 24]
    gauges = [store.gauge("gmv", f"{d}..{d}").value for d in around]
    assert gauges == [24, long, 24]
    assert [store.gauge("orders", f"{d}..{d}").value for d in around] == [24, long, 24]


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_a_zone_of_the_definition_s_own_has_days_of_its_own(store: Store, tmp_path: Path, day: date) -> None:
    an_order_every_hour(store, day)
    shanghai = defined(tmp_path, "Asia/Shanghai")
    assert [hours(store, shanghai, day + timedelta(n)) for n in (-1, 0, 1)] == [24, 24, 24]


@pytest.mark.parametrize("zone", ["", "Asia/Shanghai", "America/Los_Angeles", "Europe/London", "Pacific/Auckland"])
@pytest.mark.parametrize("channel", ["amazon.com", "amazon.co.jp", "amazon.co.uk"])
def test_every_order_lands_on_its_day(store: Store, tmp_path: Path, zone: str, channel: str) -> None:
    """As Python's own time zones have it, hour by hour around the change of the clocks."""
    an_order_every_hour(store, AUTUMN, channel)
    definition = defined(tmp_path, zone)
    home = ZoneInfo(zone or MARKETPLACES[channel].timezone)
    expected: dict[date, int] = {}
    for (moment,) in store.rows("SELECT ordered_at FROM order_line"):
        assert isinstance(moment, datetime)
        day = moment.replace(tzinfo=UTC).astimezone(home).date()
        expected[day] = expected.get(day, 0) + 1
    assert {day: hours(store, definition, day) for day in expected} == expected
    assert sum(expected.values()) == 120


@pytest.mark.parametrize("zone", ["", "Asia/Shanghai", "Pacific/Auckland", "Pacific/Honolulu"])
def test_daily_sums_follow_rows_across_the_change_of_the_clocks(store: Store, tmp_path: Path, zone: str) -> None:
    """A changed row is noted by its day in UTC, which touches two days of any other zone."""
    definition, con = defined(tmp_path, zone), store.connection
    con.execute(next(sql for _, name, sql in migrations() if name == "rollups"))
    refresh(con, [definition], "America/Los_Angeles")
    an_order_every_hour(store, AUTUMN)
    con.execute(
        "INSERT INTO changed_day SELECT DISTINCT 'order_line', 'ordered_at', CAST(ordered_at AS DATE) FROM order_line"
    )
    refresh(con, [definition], "America/Los_Angeles")
    rows = store.rows("SELECT day, sample FROM kpi_day WHERE part IS NULL AND upper IS NOT NULL")
    kept = {day: sample for day, sample in rows}  # noqa: C416 - dict() cannot be typed over rows
    days = [AUTUMN + timedelta(n) for n in range(-3, 5)]
    assert {day: kept.get(day, 0) for day in days} == {day: hours(store, definition, day) for day in days}
    assert sum(hours(store, definition, day) for day in days) == 120


@pytest.mark.parametrize(
    ("zone", "now", "through"),
    [
        # Half past midnight in Los Angeles, when Honolulu still has the day before: in summer three hours behind ...
        ("Pacific/Honolulu", datetime(2026, 7, 15, 7, 30, tzinfo=UTC), date(2026, 7, 13)),
        ("Pacific/Honolulu", datetime(2026, 7, 15, 10, 30, tzinfo=UTC), date(2026, 7, 14)),
        # ... and in winter two, from the night on which the clocks change.
        ("Pacific/Honolulu", datetime(2026, 11, 1, 8, 30, tzinfo=UTC), date(2026, 10, 30)),
        ("Pacific/Honolulu", datetime(2026, 11, 2, 9, 30, tzinfo=UTC), date(2026, 10, 31)),
        ("Pacific/Honolulu", datetime(2026, 11, 2, 10, 30, tzinfo=UTC), date(2026, 11, 1)),
        ("", datetime(2026, 11, 1, 8, 30, tzinfo=UTC), date(2026, 10, 31)),
        ("Asia/Shanghai", datetime(2026, 7, 15, 16, 30, tzinfo=UTC), date(2026, 7, 15)),
    ],
)
def test_a_day_counts_once_it_is_over_in_the_definition_s_own_zone(
    store: Store, tmp_path: Path, zone: str, now: datetime, through: date
) -> None:
    definition = defined(tmp_path, zone)
    an_order_every_hour(store, now.date())
    store.now = store.as_of = now
    store.watermark("us-main", "orders", now)
    period = f"{now.date() - timedelta(7)}..{now.date() + timedelta(3)}"
    gauge = store.gauges(
        "ordered", period, accounts=["us-main"], catalogue={"ordered": definition},
    )["all"]  # fmt: skip
    assert gauge.period.through == gauge.data_through == through
    days = [now.date() + timedelta(n) for n in range(-7, 4)]
    assert gauge.value == sum(hours(store, definition, day) for day in days if day <= through)
