from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.analysis.contract.model import Commission, Exclude, Tier
from kpiterm.analysis.contract.sales import net_sales

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


def terms(**more: Any) -> Commission:
    given: dict[str, Any] = {
        "base": "net_sales",
        "tiers": (Tier(Decimal(0), Decimal("0.1")),),
        "refund_window_days": 30,
    }
    return Commission(**(given | {"exclude": Exclude(kinds=("tax", "shipping"))} | more))


def refund(store: Store, order: str, day: date, amount: str, **more: Any) -> None:
    row = {
        "account": "us-main", "channel": "amazon.com", "source": "amazon.finances", "order_id": order, "sku": "A",
        "refunded_at": datetime(day.year, day.month, day.day, 20, tzinfo=UTC).replace(tzinfo=None),
        "amount": Decimal(amount), "currency": "USD",
    }  # fmt: skip
    store.add("refund_line", **(row | more))


def filled(store: Store) -> Store:
    common = {"line_key": "1", "sku": "A", "payload": "p1"}
    store.order(
        date(2026, 10, 1), "100", order_id="o1", discount=Decimal(10), tax=Decimal(8), shipping=Decimal(5), **common
    )
    store.order(date(2026, 10, 31), "50", order_id="o2", **(common | {"sku": "B", "payload": "p2"}))
    store.order(date(2026, 10, 15), "70", order_id="o3", status="cancelled", **common)
    store.order(date(2026, 10, 15), None, order_id="o4", status="pending", **common)
    store.order(date(2026, 11, 1), "999", order_id="o5", **common)
    store.order(date(2026, 10, 20), "40", order_id="o6", channel="amazon.ca", currency="CAD", **common)
    return store


def sold(
    store: Store, agreed: Commission, known: date = OCTOBER[1], days: Any = (OCTOBER,)
) -> dict[str, tuple[str, int]]:
    found = net_sales(store, agreed, days, currency="USD", month_end=OCTOBER[1], known=known)
    return {str(row["channel"]): (str(row["amount"]), int(str(row["rows"]))) for row in found}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "140"),
        ({"base": "gmv"}, "150"),
        ({"exclude": Exclude(kinds=("tax",))}, "145"),
        ({"exclude": Exclude()}, "153"),
        ({"exclude": Exclude(skus=("B",), kinds=("tax", "shipping"))}, "90"),
        ({"exclude": Exclude(skus=("o'k",), kinds=("tax", "shipping"))}, "140"),
    ],
)
def test_what_counts_is_what_was_agreed(store: Store, more: dict[str, Any], expected: str) -> None:
    assert sold(filled(store), terms(**more))["amazon.com"][0] == expected


def test_currencies_and_channels_are_kept_apart_and_unpriced_lines_told(store: Store) -> None:
    found = net_sales(filled(store), terms(), [OCTOBER], currency="USD", month_end=OCTOBER[1], known=OCTOBER[1])
    assert [(row["channel"], row["currency"], row["amount"]) for row in found] == [
        ("amazon.ca", "CAD", "40"),
        ("amazon.com", "USD", "140"),
    ]
    assert (found[1]["order_lines"], found[1]["without_amount"]) == (3, 1)
    assert found[1]["evidence"][1:] == ["sha256:p1", "sha256:p2"]  # type: ignore[index]


def test_refunds_count_by_their_day_and_within_the_window(store: Store) -> None:
    filled(store)
    refund(store, "o1", date(2026, 10, 5), "10")
    refund(store, "o1", date(2026, 11, 2), "20")  # 32 days after the order
    refund(store, "o2", date(2026, 11, 30), "25")  # 30 days after
    refund(store, "o2", date(2026, 12, 1), "1")
    refund(store, "o3", date(2026, 10, 16), "70")  # of a cancelled order, which never counted
    known = [sold(store, terms(), day)["amazon.com"][0] for day in (OCTOBER[1], date(2026, 11, 15), date(2026, 12, 31))]
    assert known == ["130", "130", "105"]
    assert sold(store, terms(refund_window_days=40), date(2026, 12, 31))["amazon.com"][0] == "84"
    assert sold(store, terms(base="gmv"), date(2026, 12, 31))["amazon.com"][0] == "150"


def test_days_of_suspension_are_left_out(store: Store) -> None:
    stretches = ((date(2026, 10, 1), date(2026, 10, 30)),)
    assert sold(filled(store), terms(), days=stretches)["amazon.com"][0] == "90"
    assert sold(store, terms(), days=()) == {}


def test_the_fingerprint_is_of_the_content_and_not_of_the_loading(store: Store) -> None:
    def digest() -> object:
        found = net_sales(store, terms(), [OCTOBER], currency="USD", month_end=OCTOBER[1], known=OCTOBER[1])
        return found[-1]["evidence"][0]  # type: ignore[index]

    filled(store)
    before = digest()
    store.connection.execute("UPDATE order_line SET run_id = 'later', loaded_at = TIMESTAMP '2026-11-20 00:00:00'")
    assert digest() == before
    store.connection.execute("UPDATE order_line SET quantity = 2 WHERE order_id = 'o1'")
    assert digest() != before
