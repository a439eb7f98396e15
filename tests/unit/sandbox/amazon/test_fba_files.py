from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient


def parse(body: bytes) -> list[dict[str, str]]:
    header, *lines = body.decode("cp1252").removesuffix("\n").split("\n")
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


def test_the_stock_file_agrees_with_the_shop(amazon: AmazonClient) -> None:
    rows = parse(amazon.report("GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA"))
    truth = {level.product.sku: (level.fulfillable, level.total) for level in amazon.sandbox.shop.stock(at=amazon.now)}
    assert {r["sku"]: (int(r["afn-fulfillable-quantity"]), int(r["afn-total-quantity"])) for r in rows} == truth


def test_returns_are_the_fba_units_refunded_in_the_window(amazon: AmazonClient) -> None:
    start, end = amazon.now - timedelta(days=20), amazon.now
    rows = parse(amazon.report("GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA", start, end))
    shop = amazon.sandbox.shop
    expected = sum(
        line.quantity
        for order in shop.orders(shop.first_day, amazon.now.date(), amazon.now)
        for line in order.lines
        if order.afn and not order.non_amazon and start.timestamp() <= line.refunded < end.timestamp()
    )
    assert sum(int(r["quantity"]) for r in rows) == expected > 10
    assert [r["return-date"] for r in rows] == sorted(r["return-date"] for r in rows)
    assert all(shop.order(r["order-id"], amazon.now) for r in rows)
