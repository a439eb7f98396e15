"""The demand of a store's SKUs, as known at a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kpiterm.analysis.inventory.demand import store as demand
from kpiterm.analysis.inventory.supply.model import Event, Supply, Terms

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store

TODAY = date(2026, 11, 22)  # 12:00 in Los Angeles
NOTHING = Supply()


def back(days: int) -> date:
    return TODAY - timedelta(days=days)


def sell(store: Store, sku: str, days: int, units: int, **more: object) -> None:
    store.order(back(days), 10 * units, sku=sku, quantity=units, **more)


def stocked(store: Store, sku: str, days: int, units: int, hour: int = 20, **more: object) -> None:
    moment = datetime.combine(back(days), time(hour))
    row = {"account": "us-main", "channel": "amazon.com", "source": "amazon.stock-ledger", "location": "US"}
    store.add("stock_level", **(row | {"taken_at": moment, "sku": sku, "available": units} | more))


def listed(store: Store, sku: str, **more: object) -> None:
    row = {
        "account": "us-main",
        "channel": "amazon.com",
        "source": "amazon.listings",
        "loaded_at": datetime.combine(back(300), time()),
    }
    store.add("listing", **(row | {"sku": sku} | more))


def synced(store: Store) -> None:
    """Orders were read just now."""
    store.watermark("us-main", "orders", store.as_of)


def keys(found: demand.Series) -> list[tuple[str, str, str]]:
    return [*zip(found.account, found.channel, found.sku, strict=True)]


def units(store: Store, sku: str, length: int) -> list[float]:
    """Of the last days of a SKU on amazon.com."""
    found = demand.series(store, NOTHING)
    rows = np.flatnonzero((found.sku == sku) & (found.channel == "amazon.com"))
    return [float(count) for count in demand.panel(store, found, rows).units[0, -length:]]


def test_units_of_a_day_are_added_and_days_without_a_sale_are_zero(store: Store) -> None:
    sell(store, "A", 4, 2, order_id="1")
    sell(store, "A", 4, 1, order_id="2")
    sell(store, "A", 1, 5)
    assert units(store, "A", 9) == [3, 0, 0, 5]


def test_cancelled_lines_are_no_demand_and_today_is_not_over(store: Store) -> None:
    sell(store, "A", 3, 1)
    sell(store, "A", 2, 7, status="cancelled")
    sell(store, "A", 0, 9)
    assert units(store, "A", 9) == [1, 0, 0]


def test_a_series_ends_with_the_last_day_that_was_read(store: Store) -> None:
    sell(store, "A", 9, 1)
    sell(store, "A", 5, 1)
    store.watermark("us-main", "orders", datetime(2026, 11, 19, 18, tzinfo=UTC))
    found = demand.series(store, NOTHING)
    assert demand.day(found.last[0]) == date(2026, 11, 18)
    assert demand.day(found.first[0]) == back(9)


def test_multi_channel_orders_count_where_the_stock_is(store: Store) -> None:
    synced(store)
    sell(store, "A", 3, 1)
    sell(store, "A", 2, 4, channel="non-amazon")
    assert units(store, "A", 3) == [1, 4, 0]
    assert {channel for _, channel, _ in keys(demand.series(store, NOTHING))} == {"amazon.com"}


def test_multi_channel_orders_that_a_shop_of_ours_took_count_once(store: Store) -> None:
    synced(store)
    sell(store, "A", 3, 1)
    sell(store, "A", 2, 4, channel="non-amazon")
    sell(store, "A", 2, 4, account="shop", channel="shopify", source="shopify.orders")
    found = demand.series(store, NOTHING)
    known = demand.panel(store, found, np.arange(2))
    assert keys(found) == [("shop", "shopify", "A"), ("us-main", "amazon.com", "A")]
    assert np.nansum(known.units, axis=1).tolist() == [4, 1]


def test_a_day_whose_readings_found_nothing_is_out_of_stock(store: Store) -> None:
    synced(store)
    for day in range(8, 0, -1):
        sell(store, "A", day, 1)
    stocked(store, "A", 6, 0)
    stocked(store, "A", 5, 12)
    stocked(store, "A", 3, 0)
    stocked(store, "A", 3, 4, location="CA")
    found = demand.series(store, NOTHING)
    assert demand.panel(store, found, np.arange(1)).stock[0].tolist() == [True, True, False, *[True] * 5]


def test_between_two_readings_without_stock_there_was_none(store: Store) -> None:
    synced(store)
    sell(store, "A", 20, 1)
    stocked(store, "A", 15, 0)
    stocked(store, "A", 12, 0)
    stocked(store, "A", 11, 5)
    out = ~demand.panel(store, demand.series(store, NOTHING), np.arange(1)).stock[0]
    assert [20 - place for place in np.flatnonzero(out)] == [15, 14, 13, 12]


def test_a_last_reading_without_stock_is_believed_for_a_week(store: Store) -> None:
    sell(store, "A", 20, 1)
    synced(store)
    stocked(store, "A", 15, 0)
    out = ~demand.panel(store, demand.series(store, NOTHING), np.array([0])).stock[0]
    assert [20 - place for place in np.flatnonzero(out)] == [*range(15, 7, -1)]


def test_a_day_that_had_stock_for_most_of_it_counts(store: Store) -> None:
    synced(store)
    sell(store, "A", 3, 1)
    for hour, left in ((8, 5), (12, 3), (18, 0)):
        stocked(store, "A", 2, left, hour=hour)
    known = demand.panel(store, demand.series(store, NOTHING), np.arange(1))
    assert known.stock[0].tolist() == [True, True, True]


def test_what_is_only_listed_or_only_stocked_is_a_series_too(store: Store) -> None:
    synced(store)
    sell(store, "A", 30, 1)
    listed(
        store, "B", listed_at=datetime.combine(back(12), time(20)), category="toys", price=Decimal("9.5"), parent_id="P"
    )
    stocked(store, "C", 5, 3)
    found = demand.series(store, NOTHING)
    assert found.sku.tolist() == ["A", "B", "C"]
    assert [demand.day(day) for day in found.first] == [back(30), back(12), back(5)]
    assert (found.category[1], found.parent[1], found.price[1]) == ("toys", "P", 9.5)
    assert np.isnan(found.price[2])


def test_large_categories_learn_by_themselves_and_small_ones_with_their_channel() -> None:
    channel = np.array(["amazon.com"] * 70 + ["walmart.com"] * 5, dtype=object)
    category = np.array(["toys"] * 30 + ["pets"] * 30 + ["odd"] * 10 + [""] * 5, dtype=object)
    pool = demand.pooled(channel, category)
    assert len(set(pool[:30])) == len(set(pool[30:60])) == 1
    assert pool[0] != pool[30]
    assert set(pool[60:]) <= {pool[0], pool[30]}


def test_an_outlook_knows_events_and_what_new_products_resemble(store: Store) -> None:
    for day in range(1, 121):
        sell(store, "A", day, 4)
        sell(store, "B", day, 2)
    sell(store, "N", 2, 1)
    listed(store, "A", parent_id="P")
    listed(store, "N", parent_id="P")
    coupon = Event(name="coupon", first=TODAY, last=TODAY, uplift=Decimal(3), skus=("A",))
    supply = Supply(events=(coupon,), terms=(Terms(sku="B", supplier="f"),))
    found = demand.series(store, supply)
    taught = demand.teach(store, found, (14, 28), supply)
    only = demand.outlook(store, found, np.arange(len(found)), taught, supply)
    assert found.basis.tolist() == ["own", "own", "parent"]
    assert only.forecast.mean[0, 0] == pytest.approx(3 * only.forecast.mean[0, 7], rel=0.01)
    assert only.forecast.mean[1, 0] == pytest.approx(only.forecast.mean[1, 7], rel=0.01)
    assert only.forecast.daily[2] > 1.5
    assert (only.days.tolist(), only.sold.tolist()) == ([90, 90, 2], [360, 180, 1])
    alone = demand.outlook(store, found, np.array([1]), taught, supply)
    assert alone.forecast.sum_quantiles[0] == pytest.approx(only.forecast.sum_quantiles[1])


def test_an_empty_store_has_no_series(store: Store) -> None:
    assert len(demand.series(store, NOTHING)) == 0
