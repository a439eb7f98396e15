"""What is true of every bridge, whatever the rows: it adds up, and rows of elsewhere do not matter."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiterm.analysis.bridge.to_json import to_json

if TYPE_CHECKING:
    from kpiterm.analysis.bridge.result import Bridge
    from tests.unit.analysis.bridge.conftest import Shop

Row = tuple[str, dict[str, Any]]
TABLES = ("order_line", "traffic_day", "settlement_line", "refund_line", "ad_day")
cents = st.integers(-2_000, 20_000).map(lambda n: str(Decimal(n) / 100))
days = st.integers(0, 36).map(lambda n: date(2026, 9, 28) + timedelta(n))
names = st.sampled_from([f"order-{n}" for n in range(6)])
orders = st.builds(
    lambda name, day, price, **more: ("order", {"name": name, "day": day, "price": price, **more}),
    names, days, st.one_of(st.none(), cents),
    status=st.sampled_from(["pending", "open", "shipped", "cancelled"]),
    account=st.sampled_from(["us-main", "erp-import"]), currency=st.sampled_from(["USD", "EUR"]),
    discount=cents.map(Decimal), tax=cents.map(Decimal), shipping=cents.map(Decimal),
)  # fmt: skip
bookings = st.builds(
    lambda name, day, amount, **more: ("booked", {"name": name, "day": day, "amount": amount, **more}),
    st.one_of(st.none(), names), days, cents,
    kind=st.sampled_from(["order", "refund", "fee", "transfer"]), currency=st.sampled_from(["USD", "EUR"]),
    detail=st.sampled_from(["Principal", "Tax", "Shipping", "Cost of Advertising"]),
    source=st.sampled_from(["amazon.settlements", "amazon.finances"]),
)  # fmt: skip
reports = st.builds(
    lambda day, sales, **more: ("report", {"sales": {day: sales}, "days": [day], **more}),
    days, cents, source=st.sampled_from(["amazon.traffic", "amazon.other"]),
)  # fmt: skip
refunds = st.builds(
    lambda name, day, amount: ("refund", {"name": name, "day": day, "amount": amount}), names, days, cents
)
ads = st.builds(
    lambda day, spend, **more: ("ads", {"day": day, "spend": spend, **more}),
    days, cents, level=st.sampled_from(["campaign", "product"]), ad_product=st.sampled_from(["SP", "SB"]),
)  # fmt: skip
rows = st.lists(st.one_of(orders, bookings, reports, refunds, ads), max_size=30)
ELSEWHERE: tuple[Row, ...] = (
    ("order", {"name": "far", "day": date(2026, 2, 3), "price": "9"}),
    ("order", {"name": "order-1", "day": date(2026, 10, 3), "price": "9", "channel": "walmart.com"}),
    ("order", {"name": "yen", "day": date(2026, 10, 3), "price": "9", "currency": "JPY"}),
    ("booked", {"name": "far", "day": date(2026, 2, 4), "amount": "9"}),
    ("booked", {"name": "order-1", "day": date(2026, 10, 3), "amount": "9", "channel": "walmart.com"}),
    ("refund", {"name": "far", "day": date(2026, 2, 4), "amount": "9"}),
    ("report", {"sales": {}, "days": [date(2026, 10, 3)], "channel": "walmart.com"}),
)
few = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def filled(shop: Shop, entries: list[Row]) -> Shop:
    """The store with these rows, and some that keep its edges: first and last days, and a currency with rows."""
    for table in TABLES:
        shop.connection.execute(f"DELETE FROM {table}")
    shop.order("first", date(2026, 9, 1), "1")
    shop.order("here", date(2026, 10, 15), "1")
    shop.refund("here", date(2026, 10, 15), "1")
    for source in ("amazon.settlements", "amazon.finances"):
        shop.booked("first", date(2026, 9, 2), "1", source=source)
        shop.booked(None, date(2026, 11, 30), "1", kind="fee", source=source)
    for what, values in entries:
        getattr(shop, what)(**values)
    return shop


def known(bridge: Bridge) -> dict[str, Any]:
    """All of a bridge but the remarks, which may tell how far the source's rows reach."""
    steps = {step.code: (step.amount, step.rows, step.example) for step in bridge.steps}
    return {key: value for key, value in asdict(bridge).items() if key not in {"note", "steps"}} | {"steps": steps}


@few
@given(rows)
def test_source_steps_and_residual_are_ours_to_the_last_digit(empty: Shop, entries: list[Row]) -> None:
    bridges = filled(empty, entries).bridges()
    assert len(to_json(bridges, "zh")["bridges"]) == len(bridges)  # there are words for all of it
    for bridge in bridges:
        if bridge.residual is None:
            assert bridge.state == "no_data"
            continue
        assert bridge.source.value is not None
        steps = sum((step.amount for step in bridge.steps), Decimal(0))
        assert bridge.source.value + steps + bridge.residual == bridge.ours.value
        if 0 < len(bridge.days) < 10:  # the list is not cut
            assert sum(off.residual for off in bridge.days) == bridge.residual


@few
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(empty: Shop, entries: list[Row], random: Any) -> None:
    before = [known(b) for b in filled(empty, entries).bridges()]
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert [known(b) for b in filled(empty, shuffled).bridges()] == before


@few
@given(rows, st.lists(st.sampled_from(ELSEWHERE), min_size=1))
def test_rows_of_another_month_channel_or_currency_change_nothing(
    empty: Shop, entries: list[Row], others: list[Row]
) -> None:
    money = ("gmv", "refunds", "ad_spend", "net_settlement")

    def dollars() -> list[dict[str, Any]]:
        return [known(b) for b in empty.bridges(channel="amazon.com") if b.kpi in money and b.currency == "USD"]

    filled(empty, entries)
    before = dollars()
    for what, values in others:
        getattr(empty, what)(**values)
    assert dollars() == before
