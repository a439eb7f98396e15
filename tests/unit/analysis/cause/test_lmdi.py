"""Parts of a change: golden figures, and that nothing is ever left over."""

from __future__ import annotations

from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.cause.lmdi import Advertised, Sold, acos_parts, log_mean, product, ratio_parts, sales_parts

COUNT = st.one_of(st.just(0), st.integers(1, 100_000))
AMOUNT = st.one_of(st.just(0.0), st.integers(1, 10**9).map(lambda cents: cents / 100))
SIDE = st.tuples(AMOUNT, COUNT, COUNT)
AD_SIDE = st.tuples(AMOUNT, AMOUNT, COUNT, COUNT)


def near(amount: float, *sizes: float) -> object:
    return pytest.approx(amount, rel=1e-9, abs=1e-9 * max((1.0, *sizes)))


def test_one_sku_with_fewer_visits_that_converts_better_at_a_lower_price() -> None:
    parts = sales_parts(Sold(4000, 100, 1000), Sold(3762, 99, 900), (1000, 900))
    assert {name: round(amount, 2) for name, amount in parts.items()} == {
        "traffic": -408.78, "mix": 0.0, "conversion": 369.78, "price": -199.01,
    }  # fmt: skip
    assert fsum(parts.values()) == near(-238)


def test_acos_of_dearer_clicks_that_convert_better_into_smaller_orders() -> None:
    before = Advertised(spend=900, sales=3000, clicks=1000, orders=100)
    after = Advertised(spend=1050, sales=3190, clicks=1000, orders=110)
    parts = acos_parts(before, after, (3000, 3190), 0.31)
    points = {name: round(100 * amount, 3) for name, amount in parts.items()}
    assert points == {"mix": 0.0, "cpc": 4.846, "cvr": -2.996, "aov": 1.066}
    assert fsum(parts.values()) == near(1050 / 3190 - 0.3)


def test_visits_that_move_to_the_dearer_sku_are_mix_and_nothing_else() -> None:
    cheap = sales_parts(Sold(1000, 100, 1000), Sold(500, 50, 500), (2000, 2000))
    dear = sales_parts(Sold(5000, 100, 1000), Sold(7500, 150, 1500), (2000, 2000))
    assert cheap == {"traffic": near(0), "mix": near(-500), "conversion": near(0), "price": near(0)}
    assert dear == {"traffic": near(0), "mix": near(2500), "conversion": near(0, 5000), "price": near(0, 5000)}


def test_without_visits_it_is_units_and_price() -> None:
    parts = sales_parts(Sold(1000, 100), Sold(1100, 100), (0, 0))
    assert parts == {"volume": near(0), "price": near(100)}


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        (Sold(0, 0, 50), Sold(30, 3, 60), {"conversion": 30}),
        (Sold(30, 3, 60), Sold(0, 0, 50), {"conversion": -30}),
        (Sold(0, 0), Sold(30, 3), {"volume": 30}),
        (Sold(10, 0, 5), Sold(30, 3, 5), {"other": 20}),
        (Sold(30, 3, 60), Sold(30, 3, 60), {}),
    ],
)
def test_a_side_that_sold_nothing(before: Sold, after: Sold, parts: dict[str, float]) -> None:
    assert sales_parts(before, after, (1000, 1100)) == parts


def test_selling_more_through_a_dear_campaign_raises_acos_though_no_campaign_got_dearer() -> None:
    cheap = acos_parts(Advertised(100, 1000, 100, 10), Advertised(50, 500, 50, 5), (2000, 2000), 0.25)
    dear = acos_parts(Advertised(400, 1000, 400, 10), Advertised(600, 1500, 600, 15), (2000, 2000), 0.25)
    assert set(cheap) == set(dear) == {"mix", "cpc", "cvr", "aov"}
    assert cheap["mix"] > 0
    assert dear["mix"] > 0
    assert cheap["mix"] + dear["mix"] == near(0.075)


def test_a_campaign_of_average_acos_that_starts_or_stops_changes_nothing() -> None:
    started = acos_parts(Advertised(0, 0, 0, 0), Advertised(30, 100, 20, 2), (900, 1000), 0.3)
    stopped = acos_parts(Advertised(27, 90, 20, 2), Advertised(0, 0, 0, 0), (900, 1000), 0.3)
    assert started in ({"new": near(0)}, {})
    assert stopped in ({"lost": near(0)}, {})


def test_spend_that_brought_no_order_is_told_as_such() -> None:
    parts = acos_parts(Advertised(30, 100, 20, 2), Advertised(40, 0, 25, 0), (1000, 1000), 0.3)
    assert set(parts) == {"unsold"}
    assert parts["unsold"] > 0


@given(st.floats(1e-6, 1e9), st.floats(1e-6, 1e9))
def test_the_logarithmic_mean_lies_between(a: float, b: float) -> None:
    assert min(a, b) * (1 - 1e-9) <= log_mean(a, b) <= max(a, b) * (1 + 1e-9)
    assert log_mean(a, b) == pytest.approx(log_mean(b, a), rel=1e-6)


@given(st.lists(st.tuples(st.floats(1e-3, 1e4), st.floats(1e-3, 1e4)), min_size=1, max_size=5))
def test_the_parts_of_a_product_sum_to_its_change(pairs: list[tuple[float, float]]) -> None:
    before = after = 1.0
    for old, new in pairs:
        before, after = before * old, after * new
    parts = product({str(n): pair for n, pair in enumerate(pairs)}, after - before)
    assert fsum(parts.values()) == near(after - before, before, after)
    assert all((parts[str(n)] >= 0) is (new >= old) or abs(parts[str(n)]) < 1e-6 * max(before, after)
               for n, (old, new) in enumerate(pairs))  # fmt: skip


@given(st.lists(st.tuples(SIDE, SIDE), min_size=1, max_size=12))
def test_sales_of_any_lines_leave_nothing_over(
    rows: list[tuple[tuple[float, int, int], tuple[float, int, int]]],
) -> None:
    """Zero, new and lost lines, lines without visits, free units."""
    lines = [(Sold(*old), Sold(*new)) for old, new in rows]
    visits = fsum(old.visits for old, _ in lines), fsum(new.visits for _, new in lines)
    total = 0.0
    for old, new in lines:
        parts = sales_parts(old, new, visits)
        assert fsum(parts.values()) == near(new.sales - old.sales, old.sales, new.sales)
        total += fsum(parts.values())
    before, after = fsum(old.sales for old, _ in lines), fsum(new.sales for _, new in lines)
    assert total == near(after - before, before, after)


@given(st.lists(st.tuples(AD_SIDE, AD_SIDE), min_size=1, max_size=12))
def test_acos_of_any_lines_leaves_nothing_over(
    rows: list[tuple[tuple[float, float, int, int], tuple[float, float, int, int]]],
) -> None:
    lines = [(Advertised(*old), Advertised(*new)) for old, new in rows]
    sales = fsum(old.sales for old, _ in lines), fsum(new.sales for _, new in lines)
    if not all(sales):
        return
    before = fsum(old.spend for old, _ in lines) / sales[0]
    after = fsum(new.spend for _, new in lines) / sales[1]
    total = fsum(fsum(acos_parts(old, new, sales, (before + after) / 2).values()) for old, new in lines)
    assert total == near(after - before, before, after)


@given(st.lists(st.tuples(COUNT, COUNT, COUNT, COUNT), min_size=1, max_size=12))
def test_a_ratio_of_any_lines_leaves_nothing_over(rows: list[tuple[int, int, int, int]]) -> None:
    below = float(sum(r[2] for r in rows)), float(sum(r[3] for r in rows))
    if not all(below):
        return
    before, after = sum(r[0] for r in rows) / below[0], sum(r[1] for r in rows) / below[1]
    total = fsum(fsum(ratio_parts((a0, a1), (b0, b1), below, (before + after) / 2).values()) for a0, a1, b0, b1 in rows)
    assert total == near(after - before, before, after)
