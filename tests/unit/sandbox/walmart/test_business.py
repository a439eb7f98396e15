from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from kpiterm.sandbox import Sandbox
from kpiterm.sandbox.shop import Shop
from kpiterm.sandbox.walmart import CANARIES, WalmartShop
from kpiterm.sandbox.walmart.items import NODES
from kpiterm.sandbox.walmart.performance import late_by_seller
from kpiterm.sandbox.walmart.trade import line_states, modified

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient

FIRST, LAST = date(2026, 8, 1), date(2026, 11, 22)


def test_the_same_products_sell_here_about_a_quarter_as_often(busy: WalmartClient) -> None:
    shop, truth = busy.sandbox.shop, busy.truth
    assert [item.product.sku for item in truth.items] == [product.sku for product in shop.products]
    here, there = (one.sales(FIRST, LAST, at=busy.now) for one in (truth, shop))
    assert here.orders / there.orders == pytest.approx(0.25, abs=0.02)


def test_the_days_have_the_shape_of_the_shops_year(busy: WalmartClient) -> None:
    here, there = (
        [one.sales(FIRST + timedelta(days=i), FIRST + timedelta(days=i + 27), at=busy.now).orders for i in (0, 28, 84)]
        for one in (busy.truth, busy.sandbox.shop)
    )
    assert [n / here[0] for n in here] == pytest.approx([n / there[0] for n in there], rel=0.08)


def test_the_order_streams_are_apart(busy: WalmartClient) -> None:
    amazon = {order.created for order in busy.sandbox.shop.orders(LAST, LAST, busy.now)}
    walmart = {order.created for order in busy.truth.orders(LAST, LAST, busy.now)}
    assert len(amazon & walmart) < len(walmart) / 10


def test_the_truth_of_a_shop_is_the_same_wherever_it_is_made(walmart: WalmartClient) -> None:
    shop = walmart.sandbox.shop
    again = WalmartShop(Shop(seed=shop.seed, days=120, orders_per_day=120, skus=40, now=walmart.now))
    assert list(again.orders(LAST, LAST, walmart.now)) == list(walmart.truth.orders(LAST, LAST, walmart.now))
    other = WalmartShop(Shop(seed=8, days=120, orders_per_day=120, skus=40, now=walmart.now))
    assert other.gmv(FIRST, LAST, at=walmart.now) != again.gmv(FIRST, LAST, at=walmart.now)


def test_orders_have_one_node_and_moments_in_their_order(busy: WalmartClient) -> None:
    ids = set()
    for order in busy.truth.orders(FIRST, LAST, busy.now):
        ids |= {order.po_id, order.customer_order_id}
        assert {busy.truth.items[line.product.position].node for line in order.lines} == {order.node}
        moments = [m for m in (order.created, order.acknowledged, order.shipped, order.delivered) if m]
        assert moments == sorted(moments)
        assert busy.truth.order(order.po_id, busy.now) is order
        for line in order.lines:
            assert not (line.cancelled and line.refund)
            if line.refund:
                assert 0 < line.refund.quantity <= line.quantity
                assert line.refund.at > max(order.shipped, line.refund.returned, line.refund.back)
                assert not line.refund.returned or line.refund.returned > order.delivered
    assert len(ids) == 2 * sum(1 for _ in busy.truth.orders(FIRST, LAST, busy.now))


def test_everything_that_can_happen_does(busy: WalmartClient) -> None:
    seen, at = Counter[str](), int(busy.now.timestamp())
    for order in busy.truth.orders(FIRST, LAST, busy.now):
        seen[order.node] += 1
        seen["late"] += late_by_seller(order)
        seen["lost"] += bool(order.shipped) and not order.delivered
        assert not (order.wfs and late_by_seller(order))
        for line in order.lines:
            seen.update(state for state, _ in line_states(order, line, at))
            seen["part cancelled"] += bool(line.cancelled and order.shipped)
            seen["kept"] += bool(line.refund and line.refund.kept)
            seen["part refunded"] += bool(line.refund and line.refund.quantity < line.quantity)
        assert order.created <= modified(order, at) <= at
    expected = {*NODES, "late", "lost", "Created", "Acknowledged", "Shipped", "Delivered", "Cancelled", "Refund"}
    assert expected | {"part cancelled", "kept", "part refunded"} <= {name for name, count in seen.items() if count}


def test_sales_shrink_only_by_cancellations(busy: WalmartClient) -> None:
    day = LAST
    now, later = (busy.truth.sales(day, day, at=busy.now + timedelta(days=n)) for n in (1, 8))
    cancelled = sum(
        line.price
        for order in busy.truth.day_orders(day)
        for line in order.lines
        if line.cancelled > (busy.now + timedelta(days=1)).timestamp()
    )
    assert now.gmv - later.gmv == cancelled


def test_canaries_are_long_enough_to_be_found_by_no_accident() -> None:
    assert min(map(len, CANARIES)) >= 6
    assert len(set(CANARIES)) == len(CANARIES)
    assert any("@" in canary for canary in CANARIES)


def test_amazon_and_walmart_live_in_one_sandbox() -> None:
    with Sandbox(vendors=("amazon", "walmart"), days=2) as both:
        assert [account.connector for account in both.accounts] == ["amazon", "walmart"]
        live = {"api.amazon.com", "marketplace.walmartapis.com", "developer.api.walmart.com"}
        assert live | {"sandbox.walmartapis.com", "developer.api.stg.walmart.com"} <= set(both.hosts)
