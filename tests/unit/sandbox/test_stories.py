"""The stories of a shop: each is seen in orders, traffic, advertising and stock, and on all channels that it moves."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from kpiterm.sandbox import Shop
from kpiterm.sandbox.amazon.brand_ads import brand_cells
from kpiterm.sandbox.amazon.planning_files import restock_file
from kpiterm.sandbox.amazon.stock_ledger import DayEnd, day_ends
from kpiterm.sandbox.catalog import Product, build_catalog
from kpiterm.sandbox.events import big_deal_days, next_chinese_new_year, prime_day, thanksgiving_weekend
from kpiterm.sandbox.orders import day_bounds
from kpiterm.sandbox.shop import days_between, traffic_of
from kpiterm.sandbox.shopify import Storefront
from kpiterm.sandbox.stories import ROLES, plant
from kpiterm.sandbox.walmart import WalmartShop
from kpiterm.sandbox.walmart.trade import Line as WalmartLine

NOW = datetime(2026, 11, 23, 17, tzinfo=UTC)
TODAY, MONTH = date(2026, 11, 23), date(2026, 11, 1)
OUT = (date(2026, 10, 30), date(2026, 11, 7))
PRIME_DAYS = (*days_between(*prime_day(2026)), *days_between(*big_deal_days(2026)))


def build(seed: int = 7) -> Shop:
    return Shop(seed=seed, days=180, orders_per_day=45, skus=40, now=NOW, stories=True)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return build()


@pytest.fixture(scope="module")
def units(shop: Shop) -> dict[date, Counter[str]]:
    """Units ordered on Amazon by day and SKU."""
    counts = {day: Counter[str]() for day in days_between(shop.first_day, TODAY)}
    for order in shop.orders(shop.first_day, TODAY, NOW):
        for line in order.lines:
            counts[order.day][line.product.sku] += line.quantity
    return counts


@pytest.fixture(scope="module")
def ledger(shop: Shop) -> dict[date, dict[str, DayEnd]]:
    days = list(days_between(shop.first_day, TODAY - timedelta(days=1)))
    return {day: {end.level.product.sku: end for end in ends} for day, ends in day_ends(shop, days).items()}


def a_day(units: dict[date, Counter[str]], sku: str, first: date, last: date) -> float:
    return sum(units[day][sku] for day in days_between(first, last)) / ((last - first).days + 1)


def product_of(shop: Shop, role: str) -> Product:
    return next(p for p in shop.products if p.sku == shop.stories[role])


def test_each_role_has_an_fba_sku_of_its_own(shop: Shop) -> None:
    assert set(shop.stories) == set(ROLES)
    assert len(set(shop.stories.values())) == len(ROLES)
    assert all(product_of(shop, role).afn for role in ROLES)


def test_a_shop_without_stories_tells_none_and_one_with_too_few_skus_says_so() -> None:
    assert Shop(seed=7, days=9, orders_per_day=3, skus=8, now=NOW).stories == {}
    with pytest.raises(ValueError, match="stories need 7 FBA SKUs"):
        plant(build_catalog(7, 6), TODAY)


def test_the_order_of_questions_decides_nothing(shop: Shop) -> None:
    other = build()
    day = OUT[1] + timedelta(days=3)
    later = NOW + timedelta(days=20)
    assert other.stock(at=later) == shop.stock(at=later)
    assert other.day_ads(day) == shop.day_ads(day)
    assert other.day_orders(day) == shop.day_orders(day)
    assert other.stock(at=NOW) == shop.stock(at=NOW)


@pytest.mark.parametrize("seed", [7, 8])
def test_while_sold_out_there_is_no_unit_order_or_ad_and_hardly_a_visit(seed: int) -> None:
    shop = build(seed)
    sku, sold = shop.stories["stock_out"], Counter[date]()
    for order in shop.orders(OUT[0] - timedelta(days=9), OUT[1] + timedelta(days=3), NOW):
        sold[order.day] += sum(line.product.sku == sku for line in order.lines)
    visits = {d: {t.product.sku: t.sessions for t in traffic_of(shop, d)}[sku] for d in days_between(*OUT)}
    for day in days_between(*OUT):
        assert not sold[day]
        assert visits[day] < 12
        cells = (*shop.day_ads(day), *brand_cells(shop, "SB", day), *brand_cells(shop, "SD", day))
        assert all(cell.product.sku != sku for cell in cells)
        for second in (day_bounds(day)[0], day_bounds(day)[1] - 1):
            levels = {level.product.sku: level for level in shop.stock(at=datetime.fromtimestamp(second, UTC))}
            assert levels[sku].fulfillable == 0
    assert all(sold[OUT[0] - timedelta(days=n)] for n in (4, 5, 6))
    assert sold[OUT[1] + timedelta(days=1)]


def test_the_ledger_balances_to_nothing_for_nine_days_and_then_shows_the_receipt(
    shop: Shop, ledger: dict[date, dict[str, DayEnd]]
) -> None:
    sku = shop.stories["stock_out"]
    empty = [day for day, ends in ledger.items() if not ends[sku].sellable]
    assert empty == list(days_between(OUT[0] - timedelta(days=1), OUT[1] - timedelta(days=1)))
    back = ledger[OUT[1]][sku]
    assert back.sellable > 100
    assert back.before == back.shipped == 0
    for day, ends in ledger.items():
        if day != OUT[1]:
            assert ends[sku].before - ends[sku].sellable == ends[sku].shipped, day


def test_every_balance_of_a_story_is_what_came_less_what_was_shipped(
    shop: Shop, ledger: dict[date, dict[str, DayEnd]]
) -> None:
    for role in ("closure", "falling", "prime_day", "overstock", "price_cut", "new"):
        rows = [ends[shop.stories[role]] for ends in ledger.values() if shop.stories[role] in ends]
        receipts = [row.sellable - row.before + row.shipped for row in rows]
        assert sum(receipt != 0 for receipt in receipts) == 1, role
        assert max(receipts) > 50, role
        assert min(row.sellable for row in rows) > 0, role


def test_the_closure_sku_has_stock_and_inbound_until_the_new_year_and_no_longer(
    shop: Shop, units: dict[date, Counter[str]]
) -> None:
    sku = shop.stories["closure"]
    level = next(level for level in shop.stock(at=NOW) if level.product.sku == sku)
    inbound = level.inbound_working + level.inbound_shipped + level.inbound_receiving
    pace = a_day(units, sku, TODAY - timedelta(days=30), TODAY - timedelta(days=1))
    assert pace > 3
    assert 70 <= (level.fulfillable + inbound) / pace <= 80
    assert next_chinese_new_year(TODAY) == TODAY + timedelta(days=75)
    by_new_year = next(entry for entry in shop.stock(at=NOW + timedelta(days=80)) if entry.product.sku == sku)
    assert by_new_year.total - by_new_year.reserved_orders < 0.25 * (level.fulfillable + inbound)


def test_the_overstock_lasts_longer_than_200_days(shop: Shop, units: dict[date, Counter[str]]) -> None:
    sku = shop.stories["overstock"]
    level = next(level for level in shop.stock(at=NOW) if level.product.sku == sku)
    assert level.fulfillable / a_day(units, sku, TODAY - timedelta(days=30), TODAY - timedelta(days=1)) > 200


def test_the_falling_sku_ends_far_below_what_it_sold(shop: Shop, units: dict[date, Counter[str]]) -> None:
    sku, weeks = shop.stories["falling"], timedelta(days=27)
    start, end = TODAY - timedelta(days=118), TODAY - timedelta(days=28)
    before, middle, after = (a_day(units, sku, first, first + weeks) for first in (start, TODAY - timedelta(75), end))
    assert before > middle > after
    assert 0.05 < after / before < 0.5


def test_the_prime_day_sku_sells_a_multiple_on_amazons_events(shop: Shop, units: dict[date, Counter[str]]) -> None:
    sku = shop.stories["prime_day"]
    usual = a_day(units, sku, date(2026, 6, 28), date(2026, 10, 4))
    events = sum(units[day][sku] for day in PRIME_DAYS) / len(PRIME_DAYS)
    assert 3.2 < events / usual < 6.5
    weekend = Counter(
        line.product.sku
        for day in days_between(*thanksgiving_weekend(2026))
        for order in shop.day_orders(day)
        for line in order.lines
    )
    assert weekend[sku] / 5 > 3 * usual


def test_nothing_is_known_of_the_new_sku_before_it_came(shop: Shop, ledger: dict[date, dict[str, DayEnd]]) -> None:
    sku, first = shop.stories["new"], TODAY - timedelta(days=40)
    sales = [o.day for o in shop.orders(shop.first_day, TODAY, NOW) for line in o.lines if line.product.sku == sku]
    assert first <= min(sales) <= first + timedelta(days=4)
    ads = [c.day for day in ledger for c in shop.day_ads(day) if c.product.sku == sku and c.impressions]
    assert first <= min(ads) <= first + timedelta(days=4)
    balances = {day: ends[sku].sellable for day, ends in ledger.items() if sku in ends}
    assert min(balances) == first - timedelta(days=8)
    assert balances[first] == max(balances.values())
    early = traffic_of(shop, first - timedelta(days=9))
    assert sku not in {seen.product.sku for seen in early}
    assert sku in {seen.product.sku for seen in traffic_of(shop, first)}


def test_the_price_is_cut_with_the_month_and_more_visitors_buy(shop: Shop, units: dict[date, Counter[str]]) -> None:
    product, index = product_of(shop, "price_cut"), product_of(shop, "price_cut").position
    prices = {True: set[int](), False: set[int]()}
    for order in shop.orders(shop.first_day, TODAY, NOW):
        for line in order.lines:
            if line.product.sku == product.sku:
                prices[order.day >= MONTH].add(line.price // line.quantity)
    [before], [after] = prices[False], prices[True]
    assert after == product.price == before * 85 // 100
    assert f"\t{after / 100:.2f}\t" in (restock_file(shop, shop.anchor) or "")

    def conversion(first: date, last: date) -> float:
        sold = sum(units[day][product.sku] for day in days_between(first, last))
        return sold / sum(traffic_of(shop, day)[index].sessions for day in days_between(first, last))

    assert conversion(MONTH, TODAY) > 1.12 * conversion(date(2026, 9, 1), date(2026, 9, 30))
    assert a_day(units, product.sku, MONTH, TODAY) > 1.2 * a_day(units, product.sku, date(2026, 9, 1), MONTH)


def test_the_other_channels_tell_the_same_but_sell_from_stock_of_their_own(shop: Shop) -> None:
    lines: list[tuple[date, str, int, int]] = []
    walmart, front = WalmartShop(shop), Storefront(shop)
    for order in walmart.orders(shop.first_day, TODAY, NOW):
        lines += [(order.day, *_of_walmart(line)) for line in order.lines]
    for sale in front.sales(shop.first_day, TODAY, NOW.timestamp()):
        named = [line for line in sale.lines if line.product]
        lines += [(sale.day, line.product.sku, line.unit_price, line.quantity) for line in named if line.product]
    sold_out, new, cut = (shop.stories[role] for role in ("stock_out", "new", "price_cut"))
    assert any(sku == sold_out and OUT[0] <= day <= OUT[1] for day, sku, _, _ in lines)
    assert TODAY - timedelta(days=40) <= min(day for day, sku, _, _ in lines if sku == new)
    highest = {late: max(p for d, sku, p, _ in lines if sku == cut and (d >= MONTH) == late) for late in (True, False)}
    assert highest[True] == highest[False] * 85 // 100
    assert all(cell.product.sku != new for cell in walmart.day_ads(TODAY - timedelta(days=41)))


def _of_walmart(line: WalmartLine) -> tuple[str, int, int]:
    return line.product.sku, line.price // line.quantity, line.quantity


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2027, 1, 3), date(2027, 2, 28)])
def test_on_any_day_of_a_month_the_stock_out_is_over_and_has_cost_something(day: date) -> None:
    _, stories = plant(build_catalog(7, 40), day)
    first, last = stories.sold_out
    assert first < stories.month
    assert first < last < day
    assert stories.factors(last)[stories.roles["stock_out"]] == 0
    assert 0 < stories.factors(day)[stories.roles["stock_out"]] <= 1


def test_the_years_events_are_where_they_were() -> None:
    assert prime_day(2026) == (date(2026, 6, 23), date(2026, 6, 26))
    assert prime_day(2025) == (date(2025, 7, 8), date(2025, 7, 11))
    assert [big_deal_days(year)[0].day for year in (2022, 2023, 2024, 2025, 2026)] == [11, 10, 8, 7, 6]
    assert thanksgiving_weekend(2026) == (date(2026, 11, 26), date(2026, 11, 30))
    assert next_chinese_new_year(date(2027, 2, 6)) == date(2028, 1, 26)
    assert next_chinese_new_year(date(2099, 1, 1)) is None
