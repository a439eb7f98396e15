"""What can be asked, what is refused with a reason, and which lines are told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kpiterm.errors import UsageError
from tests.unit.analysis.cause.conftest import NEW, OLD, Shop, exact, numbers


def test_a_growth_is_explained_by_what_grows_and_each_lines_share_of_it(shop: Shop) -> None:
    shop.sold(date(2026, 10, 3), "A", 1, 100)
    shop.sold(date(2026, 11, 3), "A", 3, 150)
    shop.sold(date(2026, 10, 25), "A", 1, 999)  # after the day that the month has come to
    cause = shop.why("gmv_mom", period=None)
    assert (cause.name, cause.growth, cause.change) == ("GMV", Decimal("0.5"), Decimal(50))
    assert (cause.against.through, cause.period.through) == (date(2026, 10, 21), date(2026, 11, 21))


def test_the_usual_lines_are_channels_then_what_a_channels_rows_name(shop: Shop) -> None:
    for day in (OLD, NEW):
        shop.sold(day, "A", 1, 10)
        shop.store.ads(day, 1, 10, campaign_id="1", clicks=1, attributed_orders=1)
    assert shop.why(by=None).by == "channel"
    assert shop.why(by=None, channel="amazon.com").by == "sku"
    assert shop.why("acos", by=None, channel="amazon.com").by == "campaign"


def test_the_largest_lines_are_told_with_their_titles_and_the_rest_together(shop: Shop) -> None:
    for number, sku in enumerate("ABCDE", 1):
        shop.sold(OLD, sku, 1, 10, title=f"Product {sku}")
        shop.sold(NEW, sku, 1, 10 + number * (-1) ** number)
    cause = shop.why(top=2)
    told = [(line.key, *numbers(line.change), line.title) for line in cause.lines]
    assert told == [("E", -5, "Product E"), ("D", 4, "Product D")]
    assert cause.rest is not None
    assert (cause.rest.lines, cause.rest.change) == (3, Decimal(-2))
    assert (cause.risen, cause.fallen, *numbers(cause.rises, cause.falls)) == (2, 3, 6, -9)
    exact(cause)


def test_any_other_sum_is_told_by_what_each_line_adds(shop: Shop) -> None:
    shop.sold(OLD, "A", 4, 10)
    shop.sold(NEW, "A", 9, 10)
    shop.sold(NEW, "B", 2, 10)
    cause = shop.why("units")
    assert cause.unit == "count"
    assert cause.parts == {"amount": 5, "new": 2}
    exact(cause)


def test_a_window_of_many_days_shares_some_with_the_one_before(shop: Shop) -> None:
    shop.sold(date(2026, 10, 15), "A", 3, 10)  # within both windows of 90 days
    shop.sold(NEW, "A", 2, 10)
    cause = shop.why("units_90", period=None)
    assert (cause.before, cause.after) == (Decimal(4), Decimal(6))


@pytest.mark.parametrize(
    ("kpi", "by", "reason", "remedy"),
    [
        ("response_p90_h", "sku", "of kind percentile is no sum", "kpi show response_p90_h"),
        ("gmv", "campaign", "cannot be told by campaign: order_line names none", "--by channel or sku"),
        ("gmv_day", "sku", "changes what it compares", "`kpiterm kpi explain gmv`"),
        ("gmv_mom_lfl", "sku", "changes what it compares", "`kpiterm kpi explain gmv`"),
        ("gmv_yoy", "sku", "nothing to compare with, the data start on 2026-09-01", "--period"),
        ("acos", "sku", "no data", "kpiterm sync"),
    ],
)
def test_what_cannot_be_explained_says_why(shop: Shop, kpi: str, by: str, reason: str, remedy: str) -> None:
    with pytest.raises(UsageError) as error:
        shop.why(kpi, by)
    assert reason in error.value.message
    assert remedy in error.value.hint


def test_an_unknown_channel_names_those_that_there_are(shop: Shop) -> None:
    with pytest.raises(UsageError, match=r"no channel 'amazon\.xx' has data for gmv") as error:
        shop.why(channel="amazon.xx")
    assert error.value.hint == "channels: amazon.com"


def test_data_that_began_in_between_are_told(shop: Shop) -> None:
    shop.sold(OLD, "A", 1, 10)
    shop.sold(NEW, "A", 1, 10, channel="walmart.com", account="wm")
    assert "The data of walmart.com start on 2026-11-05" in shop.tell(shop.why(by="channel"))
