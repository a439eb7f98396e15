from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.sandbox import Shop
from kpiterm.sandbox.orders import business_day, day_bounds, locate, season, status, updated

NOW = datetime(2026, 11, 23, 17, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def build(seed: int = 7, **options: float) -> Shop:
    defaults = {"days": 100, "orders_per_day": 45.0, "skus": 40}
    return Shop(seed=seed, now=NOW, **(defaults | options))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def shop() -> Shop:
    return build()


def test_the_seed_decides_everything() -> None:
    one, again, other = build(), build(), build(seed=8)
    day = TODAY - timedelta(days=20)
    assert one.products == again.products
    assert one.day_orders(day) == again.day_orders(day)
    assert one.day_ads(day) == again.day_ads(day)
    assert one.day_orders(day) != other.day_orders(day)


def test_the_shop_is_as_busy_as_asked(shop: Shop) -> None:
    total = sum(1 for _ in shop.orders(shop.first_day, TODAY, NOW))
    assert total == pytest.approx(100 * 45, rel=0.06)
    assert len(shop.products) == len({p.sku for p in shop.products}) == len({p.asin for p in shop.products}) == 40


def test_order_and_item_ids_are_unique_and_lead_back_to_the_order(shop: Shop) -> None:
    orders = list(shop.orders(shop.first_day, TODAY, NOW))
    assert len({o.order_id for o in orders}) == len(orders)
    items = [line.item_id for o in orders for line in o.lines]
    assert len(set(items)) == len(items)
    for order in orders[::97]:
        assert shop.order(order.order_id, NOW) is order


@given(st.text(alphabet="0123456789-", max_size=24))
def test_no_text_breaks_the_search_for_an_order(text: str) -> None:
    found = locate(text, 7)
    assert found is None or found[1] >= 0


def test_an_order_only_moves_forward(shop: Shop) -> None:
    rank = {"PENDING": 0, "UNSHIPPED": 1, "SHIPPED": 2, "CANCELLED": 2}
    for order in shop.day_orders(TODAY - timedelta(days=40)):
        moments = sorted(m for m in (order.created, order.paid, order.shipped, order.cancelled) if m)
        seen = [rank[status(order, m)] for m in moments]
        assert seen == sorted(seen)
        assert [updated(order, m) for m in moments] == moments
        assert not (order.shipped and order.cancelled)


def test_about_one_order_in_forty_is_cancelled_and_some_only_after_days(shop: Shop) -> None:
    orders = list(shop.orders(shop.first_day, TODAY - timedelta(days=10), NOW))
    cancelled = [o for o in orders if status(o, int(NOW.timestamp())) == "CANCELLED"]
    assert 0.015 < len(cancelled) / len(orders) < 0.035
    assert any(o.cancelled - o.created > 86400 for o in cancelled)


def test_cancellations_and_payments_restate_gmv_as_time_passes(shop: Shop) -> None:
    day = TODAY - timedelta(days=6)
    seen = [shop.gmv(day, day, at=NOW - timedelta(days=d)) for d in (5, 4, 3, 2, 1, 0)]
    assert len(set(seen)) > 1
    later = shop.gmv(day, day, at=NOW + timedelta(days=30))
    assert later == shop.gmv(day, day, at=NOW + timedelta(days=60))


def test_nothing_of_the_future_is_known(shop: Shop) -> None:
    assert shop.sales(TODAY + timedelta(days=1), TODAY + timedelta(days=9), at=NOW).orders == 0
    assert all(o.created <= NOW.timestamp() for o in shop.orders(TODAY, TODAY, NOW))
    assert shop.sales(TODAY + timedelta(days=1), TODAY + timedelta(days=9), at=NOW + timedelta(days=10)).orders > 0


def test_business_days_are_pacific_and_survive_the_clock_change() -> None:
    start, end = day_bounds(date(2026, 11, 1))
    assert (end - start) == 25 * 3600
    assert business_day(start) == business_day(end - 1) == date(2026, 11, 1)
    assert datetime.fromtimestamp(start, UTC).hour == 7


def test_the_thanksgiving_weekend_sells_most_and_growth_shows(shop: Shop) -> None:
    assert season(date(2026, 11, 27)) > season(date(2026, 12, 10)) > season(date(2026, 9, 10))
    months = [shop.gmv(date(2026, m, 1), date(2026, m, 30), at=NOW + timedelta(days=20)) for m in (9, 10, 11)]
    assert months[0] < months[1] < months[2]


def test_ad_sales_grow_over_the_attribution_window_and_invalid_clicks_go_away(shop: Shop) -> None:
    day = TODAY - timedelta(days=20)
    end = datetime.fromtimestamp(day_bounds(day)[1], UTC)
    early, late = (shop.ad_totals(day, day, at=end + timedelta(days=d)) for d in (0.6, 20))
    assert early.attributed("sales", 14) < late.attributed("sales", 14)
    assert late.attributed("sales", 7) <= late.attributed("sales", 14)
    assert early.clicks > late.clicks
    assert early.cost > late.cost


def test_a_month_of_advertising_costs_about_a_quarter_of_its_sales(shop: Shop) -> None:
    month = shop.ad_totals(date(2026, 10, 1), date(2026, 10, 31), at=NOW)
    gmv = shop.gmv(date(2026, 10, 1), date(2026, 10, 31), at=NOW)
    assert 0.18 < month.cost / month.attributed("sales", 14) < 0.33
    assert 0.04 < month.cost / gmv < 0.15


def test_odr_counts_orders_of_both_networks(shop: Shop) -> None:
    rates = shop.odr(at=NOW)
    last = TODAY - timedelta(days=16)
    expected = Counter(
        "afn" if o.afn else "mfn" for o in shop.orders(last - timedelta(days=59), last, NOW) if not o.non_amazon
    )
    assert {network: d.orders for network, d in rates.items()} == dict(expected)
    assert 0 < rates["afn"].rate < 0.02


def test_stock_falls_by_what_is_shipped_and_some_skus_are_nearly_out(shop: Shop) -> None:
    before, after = shop.stock(at=NOW), shop.stock(at=NOW + timedelta(days=2))
    start, end = int(NOW.timestamp()), int((NOW + timedelta(days=2)).timestamp())
    shipped = Counter[str]()
    for order in shop.orders(TODAY - timedelta(days=10), TODAY + timedelta(days=2), NOW + timedelta(days=2)):
        for line in order.lines:
            shipped[line.product.sku] += line.quantity if start < order.shipped <= end else 0
    checked = 0
    for one, two in zip(before, after, strict=True):
        arrived = one.inbound_receiving and not two.inbound_receiving
        if one.fulfillable and two.fulfillable and not arrived:
            on_hand = [s.fulfillable + s.reserved_orders for s in (one, two)]
            assert on_hand[0] - on_hand[1] == shipped[one.product.sku]
            checked += 1
    assert checked > 10
    assert any(level.fulfillable < 12 for level in before)
    assert any(level.inbound_shipped for level in before)
