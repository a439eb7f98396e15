"""What happened while a KPI moved: each kind of occasion, with its days, and nothing that does not concern it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from kpiterm.analysis.inventory.supply.model import Event
from kpiterm.analysis.pages.marks import Occasion, occasions
from kpiterm.i18n import told
from tests.unit.analysis.cause.conftest import Shop, shop

__all__ = ["shop"]
FIRST, LAST = date(2026, 9, 1), date(2026, 11, 20)


@pytest.fixture(autouse=True)
def log(shop: Shop) -> None:
    """The operation log, which the reader of a store lays over it."""
    columns = "seq BIGINT, happened_at TIMESTAMP, actor VARCHAR, kind VARCHAR, detail VARCHAR, hash VARCHAR"
    shop.store.connection.execute(f"CREATE TABLE event ({columns})")


def found(shop: Shop, kind: str, *, kpi: str = "gmv", channel: str | None = None) -> list[Occasion]:
    here = Event(name="Deal of the day", uplift=Decimal(2), first=date(2026, 11, 6), last=date(2026, 11, 7))
    own = (here, replace(here, name="elsewhere", channels=("shopify",)))
    return [one for one in occasions(shop.question(), kpi, channel, FIRST, LAST, own) if one.kind == kind]


def test_sales_of_the_marketplaces_in_which_one_sells_are_told_in_any_language(shop: Shop) -> None:
    (sale,) = found(shop, "sale")
    assert (sale.first, sale.last) == (date(2026, 10, 6), date(2026, 10, 7))
    assert (told(sale.text, "en"), told(sale.text, "zh")) == ("Prime Big Deal Days", "Prime 秋促")
    assert found(shop, "sale", channel="shopify") == []


def test_own_events_are_those_of_the_channel(shop: Shop) -> None:
    assert [one.text for one in found(shop, "own", channel="amazon.com")] == ["Deal of the day"]
    assert len(found(shop, "own")) == 2


def test_a_sku_that_had_nothing_to_sell_is_told_with_what_it_would_have_sold(shop: Shop) -> None:
    for day in shop.days(date(2026, 10, 1), 31):
        shop.sold(day, "A", 3, 60)
        shop.stock(day, "A", 50)
    for day in shop.days(date(2026, 11, 1), 4):
        shop.stock(day, "A", 0)
    (out,) = found(shop, "stock")
    assert (out.first, out.last) == (date(2026, 11, 1), date(2026, 11, 4))
    assert out.text == "A sold out on amazon.com: 4 days, about 12 units lost"


def test_a_changed_price_is_told_with_the_day_of_its_first_sale(shop: Shop) -> None:
    for day in shop.days(date(2026, 10, 1), 20):
        shop.sold(day, "A", 2, 40)
        shop.sold(day, "B", 1, 10)
    for day in shop.days(date(2026, 11, 3), 12):
        shop.sold(day, "A", 2, 36)
        shop.sold(day, "B", 1, "10.10")
    (price,) = found(shop, "price")
    assert (price.first, price.text) == (date(2026, 11, 3), "A on amazon.com: price 20.00 → 18.00")


def test_of_the_log_what_concerns_this_kpi_counted_by_day(shop: Shop) -> None:
    entries = [("reorder.accept", {"sku": "A"}), ("reorder.accept", {"sku": "B"}), ("kpi.enter", {"kpi": "acos"}),
               ("alert.acknowledged", {"kpi": "gmv"}), ("po.add", {})]  # fmt: skip
    for seq, (kind, detail) in enumerate(entries, 1):
        moment = datetime(2026, 11, 9, 12)  # noqa: DTZ001 -- naive UTC, as the store holds it
        shop.store.add("event", seq=seq, happened_at=moment, actor="ann", kind=kind, detail=json.dumps(detail), hash="")
    texts = {one.text for one in found(shop, "entry")}
    assert texts == {"2 × reorder.accept, entered by ann", "alert.acknowledged, entered by ann"}
    assert "kpi.enter, entered by ann" in {one.text for one in found(shop, "entry", kpi="acos")}
