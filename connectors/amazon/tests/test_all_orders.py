"""What an All-Orders line means, whichever layout it comes in."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kpiterm.plugins import Marketplace
from kpiterm.plugins.testing.sql import connection, problems
from kpiterm_amazon.all_orders import ALL_ORDERS, COLUMNS

LINE = {
    "amazon-order-id": "113-1", "purchase-date": "2026-11-01T06:30:00+00:00", "order-status": "Shipped",
    "last-updated-date": "2026-11-02T10:00:00+00:00", "sales-channel": "Amazon.com", "sku": "MAT-1", "asin": "B01",
    "fulfillment-channel": "Amazon", "item-status": "Shipped", "quantity": "2", "currency": "USD",
    "item-price": "25.00", "product-name": 'Mat 31" x 19"',
}  # fmt: skip


at = datetime.fromisoformat  # naive UTC, as the store keeps moments


def read(*lines: dict[str, Any], place: Marketplace | None = None) -> list[dict[str, Any]]:
    """Order lines that the shape's SQL makes of lines of one file, in file order."""
    con = connection(place) if place else connection()
    names = ("_payload", "_row", *COLUMNS)
    table = [[line.get("_payload", 1) for line in lines], list(range(1, len(lines) + 1))]
    table += [[str(line.get(name) or "").strip() or None for line in lines] for name in COLUMNS]  # as the host does
    types = ("INTEGER", "BIGINT", *ALL_ORDERS.columns.values())
    cells = ", ".join(f'cast(unnest(?) as {type_}) as "{name}"' for name, type_ in zip(names, types, strict=True))
    con.execute(f"create table source as select {cells}", table)
    result = con.execute(f"select * from ({ALL_ORDERS.outputs[0].select}) order by _payload, order_id, line_key")
    columns = [column[0] for column in result.description]
    rows = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
    con.close()
    return rows


def line(**changes: object) -> dict[str, object]:
    return {**LINE, **{name.replace("_", "-"): value for name, value in changes.items()}}


def test_the_shape_is_sound() -> None:
    assert problems(ALL_ORDERS) == []


def test_a_line_is_read_whole() -> None:
    (row,) = read(line(item_tax="2.00", shipping_tax="0.40", shipping_price="4.99", item_promotion_discount="-1.50"))
    assert row == {
        "_payload": 1, "channel": "amazon.com", "order_id": "113-1", "line_key": "MAT-1#1",
        "ordered_at": at("2026-11-01T06:30:00"), "updated_at": at("2026-11-02T10:00:00"), "status": "shipped",
        "business_day": date(2026, 10, 31), "sku": "MAT-1", "item_id": "B01", "title": 'Mat 31" x 19"', "quantity": 2,
        "item_price": Decimal("25.00"), "discount": Decimal("1.50"), "shipping": Decimal("4.99"),
        "tax": Decimal("2.40"), "currency": "USD", "fulfilment": "marketplace",
    }  # fmt: skip


def test_a_day_is_cut_where_the_line_was_sold() -> None:
    (row,) = read(line(sales_channel="Amazon.co.jp", purchase_date="2023-04-10T00:10:00+09:00"))
    assert (row["business_day"], row["ordered_at"]) == (date(2023, 4, 10), at("2023-04-09T15:10:00"))


@pytest.mark.parametrize(
    ("order", "item", "status"),
    [
        ("Pending", "Unshipped", "pending"),
        ("Pending", "Shipping", "open"),
        ("Shipping", "Unshipped", "open"),
        ("Unshipped", "Unshipped", "open"),
        ("Shipped", "Unshipped", "shipped"),
        ("Unshipped", "Shipped", "shipped"),
        ("Shipped - Delivered to Buyer", None, "shipped"),
        ("Shipped - Returned to Seller", "Shipped", "returned"),
        ("Cancelled", None, "cancelled"),
        ("Shipped", "Cancelled", "cancelled"),
    ],
)
def test_states_that_disagree_have_one_meaning(order: str, item: str | None, status: str) -> None:
    assert read(line(order_status=order, item_status=item))[0]["status"] == status


def test_what_the_report_leaves_blank_is_unknown_and_never_zero() -> None:
    (row,) = read(line(item_price="", currency="  ", quantity=None, sales_channel="Non-Amazon", asin=""))
    assert [row[name] for name in ("item_price", "currency", "quantity", "tax", "discount", "shipping")] == [None] * 6
    assert (row["channel"], row["item_id"]) == ("non-amazon", None)


@pytest.mark.parametrize(("by", "fulfilment"), [("Amazon", "marketplace"), ("Merchant", "merchant"), ("", None)])
def test_who_ships(by: str, fulfilment: str | None) -> None:
    assert read(line(fulfillment_channel=by))[0]["fulfilment"] == fulfilment


def test_a_free_shipping_promotion_takes_back_the_shipping() -> None:
    assert read(line(shipping_price="205.0", ship_promotion_discount="205.0"))[0]["shipping"] == 0


def test_equal_lines_of_an_order_stay_apart() -> None:
    rows = read(line(), line(), line(sku="MAT-2"), line(amazon_order_id="113-2"))
    assert [(row["order_id"], row["line_key"]) for row in rows] == [
        ("113-1", "MAT-1#1"), ("113-1", "MAT-1#2"), ("113-1", "MAT-2#1"), ("113-2", "MAT-1#1"),
    ]  # fmt: skip


def test_newer_layouts_give_the_line_its_own_id() -> None:
    assert read(line(order_item_id="40171562390962"))[0]["line_key"] == "40171562390962"


def test_lines_keep_their_keys_in_each_of_several_pulls() -> None:
    rows = read(line(), line() | {"_payload": 2})
    assert [(row["_payload"], row["line_key"]) for row in rows] == [(1, "MAT-1#1"), (2, "MAT-1#1")]


def test_all_lines_of_an_order_carry_its_last_change() -> None:
    rows = read(line(), line(sku="MAT-2", last_updated_date="2026-11-05T00:00:00Z"))
    assert {row["updated_at"] for row in rows} == {at("2026-11-05")}
