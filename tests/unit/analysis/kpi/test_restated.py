"""A figure that is usually restated upwards says so, from what earlier days did."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.board import build_view
from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.config import Config
from kpiterm.paths import Paths
from kpiterm.store.engine import Writer
from kpiterm.store.read import Reader
from kpiterm.sync.rollups import refresh

if TYPE_CHECKING:
    from pathlib import Path

    from kpiterm.analysis.view import Gauge

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
ZONE = "America/Los_Angeles"


def row(day: date, sales: str, loaded: datetime) -> str:
    return (
        f"('us', 'amazon.com', DATE '{day}', 'campaign', 'SP', 25.0, {sales}, 'USD', 'amazon.ads', "
        f"TIMESTAMP '{loaded:%Y-%m-%d %H:%M:%S}')"
    )


def fill(paths: Paths, *, late: str) -> None:
    """Ad sales of 100 a day, first read a day later, that come to `late` three days after that."""
    today, columns = date(2026, 11, 22), "account, channel, day, level, ad_product, spend, attributed_sales, currency"
    with Writer(paths) as writer:
        con = writer.con
        for age in range(1, 120):
            day = today - timedelta(days=age)
            first = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=1)
            settled = age >= 4
            sales = late if settled else "100"
            con.execute(f"INSERT INTO ad_day ({columns}, source, loaded_at) VALUES {row(day, sales, first)}")
        refresh(con, load_catalogue().values(), ZONE)
        # The sums as a daily sync would have left them: each day's first figure, superseded three days later.
        con.execute("UPDATE kpi_day SET loaded_at = CAST(day + 1 AS TIMESTAMP) + INTERVAL 12 HOUR")
        names = "measure, day, channel, account, source, currency, part"
        con.execute(
            f"INSERT INTO kpi_day_history ({names}, upper, lower, sample, missing, loaded_at, superseded_at) "
            f"SELECT {names}, CASE WHEN upper = {late} THEN 100 ELSE upper END, "
            f"CASE WHEN lower = {late} THEN 100 ELSE lower END, sample, missing, "
            f"CAST(day + 1 AS TIMESTAMP) + INTERVAL 12 HOUR, CAST(day + 4 AS TIMESTAMP) + INTERVAL 12 HOUR "
            f"FROM kpi_day WHERE day < DATE '{today}' - 3"
        )
        con.execute(
            "UPDATE kpi_day SET loaded_at = CAST(day + 4 AS TIMESTAMP) + INTERVAL 12 HOUR "
            f"WHERE day < DATE '{today}' - 3"
        )
        con.execute("INSERT INTO watermark VALUES ('us', 'ads', TIMESTAMP '2026-11-22 19:00:00', now()::TIMESTAMP)")
        writer.dirty = True
        writer.publish()


def acos(paths: Paths) -> Gauge:
    with Reader(paths, zone=ZONE) as reader:
        settles = {"amazon.ads": timedelta(days=14)}
        view = build_view(reader, Config(timezone=ZONE), [], now=NOW, workspace="w", settles=settles)
    return next(g for g in view.gauges if g.id == "acos")


def test_acos_of_young_days_is_expected_to_fall(tmp_path: Path) -> None:
    fill(Paths(tmp_path), late="125")
    gauge = acos(Paths(tmp_path))
    # 18 days have settled at 25/125; 3 days stand at 25/100 and will come to the same.
    assert gauge.value == Decimal(25 * 21) / (125 * 18 + 100 * 3)
    assert gauge.expected is not None
    assert gauge.expected.value == pytest.approx(Decimal("0.2"), abs=Decimal("0.0001"))
    assert gauge.expected.days >= 10


def test_what_is_never_restated_is_expected_to_stay(tmp_path: Path) -> None:
    fill(Paths(tmp_path), late="100")
    gauge = acos(Paths(tmp_path))
    assert gauge.expected is not None
    assert gauge.expected.value == gauge.value
