"""Why GMV changed: visits, conversion, price and mix of each line, and what to say where they are not known."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest

from kpiterm.errors import UsageError
from tests.unit.analysis.cause.conftest import NEW, OLD, Shop, exact, numbers

LATER_OLD, LATER_NEW = date(2026, 10, 31), date(2026, 11, 20)


def cents(parts: object) -> dict[str, Decimal]:
    return {name: round(amount, 2) for name, amount in dict(parts).items()}  # type: ignore[call-overload]


def test_one_sku_with_fewer_visits_that_converts_better_at_a_lower_price(shop: Shop) -> None:
    for day, visits, units, price in ((OLD, 1000, 100, 4000), (NEW, 900, 99, 3762)):
        shop.sold(day, "A", units, price)
        shop.seen(day, "A", visits)
    cause = shop.why()
    golden = {"traffic": Decimal("-408.78"), "conversion": Decimal("369.78"), "price": Decimal("-199.01")}
    # The figures are rounded one by one, so that they sum to a cent less than the change.
    assert cents(cause.parts) == golden
    assert cause.change == -238
    levels = {name: numbers(*pair) for name, pair in cause.levels.items()}
    assert levels == {"traffic": [1000, 900], "conversion": [0.1, 0.11], "price": [40, 38]}
    exact(cause)


def test_a_cancelled_line_and_one_of_another_channel_are_no_part_of_it(shop: Shop) -> None:
    shop.sold(OLD, "A", 1, 10)
    shop.sold(NEW, "A", 2, 20)
    shop.sold(NEW, "A", 9, 90, status="cancelled")
    shop.sold(NEW, "A", 9, None, channel="non-amazon")
    shop.sold(NEW, "A", 5, 50, channel="walmart.com")
    assert shop.why(channel="amazon.com").change == 10


def test_a_line_without_a_price_yet_is_no_price_cut(shop: Shop) -> None:
    shop.sold(OLD, "A", 2, 20)
    shop.sold(NEW, "A", 2, 20)
    shop.sold(NEW, "A", 7, None, status="pending")
    assert shop.why().parts == {}


def test_lines_of_one_side_say_why(shop: Shop) -> None:
    shop.sold(NEW, "NEW", 1, 10)
    shop.sold(OLD, "LOST", 1, 20)
    shop.sold(OLD, "OUT", 1, 40)
    shop.sold(NEW, "BACK", 1, 80)
    for day in shop.days(NEW, 3):
        shop.stock(day, "OUT", 0)
        shop.stock(day, "LOST", 5)
    for day in shop.days(OLD, 2):
        shop.stock(day, "BACK", 0)
    cause = shop.why()
    assert {line.key: (line.kind, line.days_out) for line in cause.lines} == {
        "BACK": ("restocked", (2, 0)), "OUT": ("out_of_stock", (0, 3)), "LOST": ("lost", (0, 0)),
        "NEW": ("new", (0, 0)),
    }  # fmt: skip
    assert cause.parts == {"new": 10, "restocked": 80, "lost": -20, "out_of_stock": -40}
    exact(cause)


def test_a_day_is_out_of_stock_when_no_place_has_any_left_at_its_end(shop: Shop) -> None:
    shop.sold(OLD, "A", 5, 50)
    shop.sold(NEW, "A", 1, 10)
    for day in shop.days(NEW, 4):
        shop.stock(day, "A", 0)
    shop.stock(NEW, "A", 3, location="Overflow")
    (line,) = shop.why().lines
    assert (line.kind, line.days_out) == ("both", (0, 3))


def test_levels_of_a_report_are_never_added_together(shop: Shop) -> None:
    for day, factor in ((OLD, 1), (NEW, 2)):
        shop.sold(day, "A", factor, 10 * factor)
        shop.seen(day, None, 100 * factor)
        shop.seen(day, "A", 100 * factor)
        shop.seen_by_sku(day, "A", 100 * factor)
    assert numbers(*shop.why(by="channel").levels["traffic"]) == [100, 200]
    assert numbers(*shop.why(by="sku").levels["traffic"]) == [100, 200]


def test_two_sources_of_the_same_day_count_once_and_each_on_its_own_days(shop: Shop) -> None:
    for day, factor in ((OLD, 1), (NEW, 2)):
        shop.sold(day, "A", factor, 10 * factor)
        shop.seen(day, None, 100 * factor, source="amazon.business_report")
    shop.seen(NEW, None, 230, source="amazon.traffic")
    assert numbers(*shop.why(by="channel").levels["traffic"]) == [100, 200]


def test_a_source_that_took_over_counts_from_its_first_day(shop: Shop) -> None:
    for day in (OLD, NEW):
        shop.sold(day, "A", 1, 10)
        shop.seen(day, "A", 100, source="amazon.old_report")
    shop.seen(NEW, "A", 130, source="amazon.new_report")
    assert numbers(*shop.why(by="sku").levels["traffic"]) == [100, 130]


def test_days_without_visits_are_left_out_of_both_sides_and_told_as_units(shop: Shop) -> None:
    for day, visits in ((OLD, 100), (NEW, 100)):
        shop.sold(day, "A", 10, 100)
        shop.seen(day, "A", visits)
    shop.sold(LATER_OLD, "A", 2, 20)
    shop.sold(LATER_NEW, "A", 5, 50)
    shop.seen(LATER_OLD, "A", 20)
    shop.seen(LATER_NEW, "A", 0)  # not ready: something was sold
    cause = shop.why()
    assert cause.parts == {"volume": 30}
    assert "amazon.com: visits are known on 1 of 2 days; the other days are told as units and price." in shop.tell(
        cause
    )
    exact(cause)


def test_a_channel_that_only_counts_its_visits_in_all_lends_them_to_its_skus(shop: Shop) -> None:
    for day, visits, units in ((OLD, 1000, (30, 10)), (NEW, 2000, (30, 50))):
        shop.seen(day, None, visits, channel="shopify")
        for sku, sold in zip("AB", units, strict=True):
            shop.sold(day, sku, sold, 10 * sold, channel="shopify")
    cause = shop.why(channel="shopify")
    assert set(cause.parts) == {"traffic", "mix"}  # 4 % of the visits buy, then as before
    assert numbers(*cause.levels["conversion"]) == [0.04, 0.04]
    assert "shopify: visits are known of the channel only" in shop.tell(cause)
    exact(cause)


def test_skus_that_share_an_item_have_no_visits_of_their_own(shop: Shop) -> None:
    for day, factor in ((OLD, 1), (NEW, 2)):
        shop.seen(day, "SHARED", 100 * factor)
        for sku in ("A", "B"):
            shop.store.order(day, 10 * factor, sku=sku, item_id="B-SHARED", quantity=factor)
    cause = shop.why()
    assert cause.parts == {"volume": 20}
    assert "2 SKUs have no visits of their own" in shop.tell(cause)


def test_amounts_of_two_currencies_are_refused_and_one_channel_is_not(shop: Shop) -> None:
    for day in (OLD, NEW):
        shop.sold(day, "A", 1, 10)
        shop.sold(day, "A", 1, 900 if day == OLD else 1000, channel="amazon.co.jp", currency="JPY")
        shop.sold(day, "A", 1, 0, currency="EUR")  # nothing is nothing in any currency
    with pytest.raises(
        UsageError, match="gmv is in JPY, USD: amounts of different currencies are never added"
    ) as error:
        shop.why()
    assert "--channel" in error.value.hint
    cause = shop.why(channel="amazon.co.jp")
    assert (numbers(cause.change), cause.currency) == ([100], "JPY")


def test_without_order_lines_the_marketplaces_own_report_is_taken_apart(shop: Shop) -> None:
    for day, sales, units, visits in ((OLD, 100, 10, 100), (NEW, 300, 20, 400)):
        shop.store.traffic(
            day, sales, channel="amazon.de", currency="EUR", units=units, sessions=visits, level="sku", sku="A"
        )
    cause = shop.why(channel="amazon.de")
    assert (cause.name, *numbers(cause.before, cause.after)) == ("Ordered sales, as reported", 100, 300)
    assert set(cause.parts) == {"traffic", "conversion", "price"}
    exact(cause)
    for day in (OLD, NEW):
        shop.sold(day, "A", 1, 10)
    assert "amazon.de has only “Ordered sales, as reported”" in shop.tell(shop.why())


def test_it_is_the_change_that_the_board_shows(shop: Shop) -> None:
    chance = random.Random(7)
    for day in shop.days(date(2026, 10, 12), 40):
        for sku in "ABCDEF":
            units = chance.choice([0, 0, 0, 1, 2])
            shop.seen(day, sku, chance.randint(0, 30))
            if units:
                shop.sold(day, sku, units, round(units * chance.uniform(5, 50), 2))
    gauge = shop.store.gauge("gmv", "2026-11-01..2026-11-20", accounts=["us-main"])
    for by in ("sku", "channel"):
        for top in (1, 3, 100):
            cause = shop.why(by=by, top=top)
            assert (cause.after, cause.change) == (gauge.value, gauge.change)
            exact(cause)
