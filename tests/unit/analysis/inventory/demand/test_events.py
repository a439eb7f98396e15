"""Sales by date, people's events, and what they bring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from kpiterm.analysis.inventory.demand import dates, events, uplift
from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.inventory.supply.model import Event
from tests.unit.analysis.inventory.demand.conftest import LAST

Make = Callable[..., Panel]
AMAZON, WALMART = "amazon.com", "walmart.com"


def names(*texts: str) -> events.Texts:
    return np.array(texts, dtype=object)


def number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def test_the_known_sales_have_their_days() -> None:
    by = {(sale.id, sale.first.year): (sale.first, sale.last) for sale in events.sales()}
    assert by["prime_day", 2025] == (date(2025, 7, 8), date(2025, 7, 11))
    assert by["big_deal_days", 2024] == (date(2024, 10, 8), date(2024, 10, 9))
    assert by["bfcm", 2025] == (date(2025, 11, 28), date(2025, 12, 1))
    assert by["bfcm", 2026] == (date(2026, 11, 27), date(2026, 11, 30))


def test_a_sale_that_was_not_announced_is_only_expected() -> None:
    assert {sale.expected for sale in events.sales() if sale.id == "bfcm"} == {False}
    assert all(sale.expected for sale in events.sales() if sale.id == "prime_day" and sale.first.year > 2026)


def test_the_factor_of_past_events_is_what_they_brought_over_a_normal_day(panel: Make) -> None:
    known = panel([[*[10.0] * 60, 40.0, *[10.0] * 20]])
    pools = uplift.pooled(known, [LAST - 20])
    assert pools == {0: 4.0}
    assert uplift.learned(known, [LAST - 20], pools) == pytest.approx([4.0])


def test_a_series_without_an_event_of_its_own_takes_its_pools_factor(panel: Make) -> None:
    units = np.array([[*[10.0] * 60, 30.0, *[10.0] * 20], [np.nan] * 75 + [10.0] * 6])
    known = panel(units)
    assert uplift.learned(known, [LAST - 20], uplift.pooled(known, [LAST - 20])) == pytest.approx([3.0, 3.0])


def test_an_event_that_was_never_seen_changes_nothing(panel: Make) -> None:
    assert uplift.pooled(panel([[5.0] * 30]), [LAST + 5]) == {}


def test_sales_count_on_their_channels_and_people_stand_before_them(panel: Make) -> None:
    before = number(date(2026, 6, 23))
    width = LAST - before + 40
    units = np.full((2, width), 10.0)
    units[0, width - 1 - (LAST - before) : width - 1 - (LAST - before) + 4] = 30
    known, channel, sku = panel(units), names(AMAZON, WALMART), names("A", "B")
    learned = events.learn(known, channel)
    coupon = Event(name="coupon", first=date(2026, 12, 5), last=date(2026, 12, 6), uplift=Decimal(2), skus=("B",))
    again = Event(name="ours", first=date(2027, 6, 22), last=date(2027, 6, 22), uplift=Decimal("1.5"), skus=("A",))
    found = events.factors(known, channel, sku, learned, (coupon, again), LAST + 300)
    assert found[number(date(2027, 6, 23))] == pytest.approx([3.0, 1.0])
    assert found[number(date(2027, 6, 22))] == pytest.approx([1.5, 1.0])
    assert found[number(date(2026, 12, 5))] == pytest.approx([1.0, 2.0])
    assert max(found) <= LAST + 300


def test_factors_are_put_on_the_days_of_each_series() -> None:
    spread = dates.factors({12: 3.0, 14: np.array([1.0, 5.0])}, np.array([10, 12]), 4)
    assert spread.tolist() == [[1, 1, 3, 1], [3, 1, 5, 1]]
