from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kpiterm.sandbox.limits import Buckets, Plan


@given(
    st.lists(st.floats(0, 30), min_size=1, max_size=60),
    st.floats(0.01, 5),
    st.integers(1, 20),
)
def test_no_schedule_gets_more_than_burst_plus_refill(gaps: list[float], rate: float, burst: int) -> None:
    now, granted = 0.0, 0
    buckets = Buckets(lambda: now)
    for gap in gaps:
        now += gap
        granted += buckets.take("op", "client", Plan(rate, burst)) == 0.0
        assert granted <= burst + rate * (now - gaps[0]) + 1e-6


@given(st.floats(0.01, 5), st.integers(1, 20))
def test_the_named_wait_is_long_enough(rate: float, burst: int) -> None:
    now = 0.0
    buckets, plan = Buckets(lambda: now), Plan(rate, burst)
    while not (wait := buckets.take("op", "client", plan)):
        pass
    now += wait + 1e-6
    assert buckets.take("op", "client", plan) == 0.0


def test_clients_and_operations_do_not_share_a_bucket() -> None:
    buckets, plan = Buckets(lambda: 0.0), Plan(1.0, 1)
    assert [buckets.take(op, who, plan) for op, who in (("a", "x"), ("a", "y"), ("b", "x"))] == [0.0, 0.0, 0.0]
    assert buckets.take("a", "x", plan) == 1.0


def test_what_was_asked_for_is_kept() -> None:
    buckets, plan = Buckets(lambda: 5.0), Plan(1.0, 1)
    for _ in range(2):
        buckets.take("op", "client", plan)
    assert [(t.at, t.operation, t.client, t.plan, t.granted) for t in buckets.taken] == [
        (5.0, "op", "client", plan, True),
        (5.0, "op", "client", plan, False),
    ]
