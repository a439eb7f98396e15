"""The first days of a month, none of which is over: what is a state shows the latest one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpiterm.analysis.view import Gauge
    from tests.unit.analysis.conftest import Store


def ask(store: Store, now: datetime, *, through: datetime | None = None) -> dict[str, Gauge]:
    store.now = store.as_of = now
    for stream in ("orders", "inventory"):
        store.watermark("us-main", stream, through or now)
    return {kpi: store.gauge(kpi, accounts=["us-main"]) for kpi in ("cover_days", "stock_available", "gmv")}


def stock(store: Store, moment: datetime, units: int) -> None:
    store.add(
        "stock_level", account="us-main", channel="amazon.com", source="amazon.inventory", location="FBA", sku="A",
        taken_at=moment.replace(tzinfo=None), available=units,
    )  # fmt: skip


def sold(store: Store, *days: date) -> None:
    for day in days:
        store.order(day, 10, sku="A", quantity=30)


def test_yesterday_s_reading_stands_until_today_s_is_there(store: Store) -> None:
    sold(store, date(2026, 9, 30), date(2026, 10, 31))
    stock(store, datetime(2026, 10, 31, 20, tzinfo=UTC), 50)
    early = ask(store, datetime(2026, 11, 1, 8, tzinfo=UTC))
    assert (early["cover_days"].value, early["stock_available"].value) == (Decimal(50), Decimal(50))
    assert early["gmv"].value is None
    stock(store, datetime(2026, 11, 1, 9, tzinfo=UTC), 70)
    later = ask(store, datetime(2026, 11, 1, 20, tzinfo=UTC))
    assert (later["cover_days"].value, later["cover_days"].reason) == (Decimal(70), None)


def test_the_window_ends_with_the_last_day_that_was_read(store: Store) -> None:
    """Two days that nobody has read are no days without sales."""
    sold(store, date(2026, 9, 30), date(2026, 10, 29))
    stock(store, datetime(2026, 10, 31, 20, tzinfo=UTC), 40)
    last = datetime(2026, 10, 30, 20, tzinfo=UTC)
    found = ask(store, datetime(2026, 11, 1, 20, tzinfo=UTC), through=last)
    assert found["cover_days"].value == 20  # 60 units in the 30 days from 30 September on
    assert found["cover_days"].data_through == date(2026, 10, 29)


def test_an_old_reading_is_not_taken_for_a_new_month_s(store: Store) -> None:
    sold(store, date(2026, 10, 30))
    stock(store, datetime(2026, 10, 10, 20, tzinfo=UTC), 40)
    assert ask(store, datetime(2026, 11, 1, 20, tzinfo=UTC))["cover_days"].value is None
