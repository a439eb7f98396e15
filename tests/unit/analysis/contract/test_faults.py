"""The fault ledger: whose each day of a stock-out is, and what relief follows."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.contract.acts import Acts, Answer, Ordered, Suggestion, read_acts, usual_days
from kpiterm.analysis.contract.faults import PARTIES, OutDay, Share, by_party, share, stock_outs
from kpiterm.analysis.contract.relief_claim import claim
from kpiterm.analysis.inventory.supply.model import Receiving, Slowdown, Spread
from kpiterm.analysis.view import Span

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store

END = date(2026, 11, 1)
OCTOBER = Span(date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 31))


def ago(days: int) -> date:
    return END - timedelta(days=days)


def out(days: int = 10, last_reading: date = END) -> list[OutDay]:
    return [OutDay("us", "amazon.com", "A", ago(n), Decimal(20), "USD") for n in range(1, days + 1)]


def suggested(published: int, order_by: int, acknowledged: int | None) -> Suggestion:
    return Suggestion(seq=1, account="us", sku="A", published=ago(published), order_by=ago(order_by), quantity=100,
                      acknowledged=None if acknowledged is None else ago(acknowledged))  # fmt: skip


def ordered(day: int, promised: int | None, arrived: int | None, received: int | None) -> Ordered:
    days = [None if n is None else ago(n) for n in (promised, arrived, received)]
    return Ordered(id="PO-1", account="us", sku="A", ordered=ago(day), promised=days[0], arrived=days[1],
                   received=days[2], receiving_days=10)  # fmt: skip


def judged(acts: Acts, *, days: int = 10, over: bool = True, suggests: bool = True) -> Share:
    (found,) = stock_outs(out(days), END if over else ago(1))
    return share(found, acts, provider_suggests=suggests)


def attributed(found: Share) -> dict[str, int]:
    return dict(Counter(party for _, party in found.by_day))


def test_each_delay_moved_the_end_by_as_much() -> None:
    acts = Acts([suggested(80, 70, 68)], [], [ordered(65, 20, 17, 0)])
    # heard 2 days late, ordered 3 days after that, 3 days late at the platform, 17 days there instead of 10
    found = judged(acts, days=20)
    assert found.late == {"provider": 2, "seller": 3, "supplier": 3, "platform": 7, "nobody": 0}
    assert attributed(found) == {"platform": 7, "supplier": 3, "seller": 3, "provider": 2, "nobody": 5}
    assert [p for _, p in found.by_day] == ["nobody"] * 5 + ["provider"] * 2 + ["seller"] * 3 + ["supplier"] * 3 + [
        "platform"
    ] * 7
    assert attributed(judged(acts)) == {"platform": 7, "supplier": 3}, "the last days are those of the last delays"


def test_the_meetings_view_has_a_line_for_each_party() -> None:
    acts = Acts([suggested(80, 70, 68)], [], [ordered(65, 20, 17, 0)])
    found = by_party([judged(acts, days=20)], OCTOBER.start, OCTOBER.end, "USD")
    assert [(a.party, a.days, a.lost, a.skus) for a in found] == [
        ("provider", 2, Decimal(40), {"A": 2}), ("seller", 3, Decimal(60), {"A": 3}),
        ("supplier", 3, Decimal(60), {"A": 3}),
        ("platform", 7, Decimal(140), {"A": 7}), ("nobody", 5, Decimal(100), {"A": 5}),
    ]  # fmt: skip
    assert [a.days for a in by_party([judged(acts)], date(2026, 10, 30), date(2026, 10, 31), "EUR")] == [0, 0, 0, 2, 0]


def test_nobody_was_late() -> None:
    assert attributed(judged(Acts([suggested(80, 70, 75)], [], [ordered(71, 9, 9, 0)]))) == {"nobody": 10}


def test_what_was_never_suggested_or_never_acknowledged_is_the_providers() -> None:
    assert attributed(judged(Acts([], [], []))) == {"provider": 10}
    silent = judged(Acts([suggested(80, 70, None)], [], []))
    assert attributed(silent) == {"provider": 10}
    assert silent.reasons == (f"suggested on {ago(80)}, never acknowledged",)
    late = judged(Acts([], [], [ordered(30, 3, 0, 0)]))
    assert attributed(late) == {"supplier": 3, "provider": 7}


def test_what_was_acknowledged_and_not_ordered_is_the_sellers() -> None:
    found = judged(Acts([suggested(80, 70, 75)], [], []), over=False)
    assert attributed(found) == {"seller": 10}
    assert not found.out.over


def test_an_answer_acknowledges_and_is_told() -> None:
    answer = Answer(
        account="us", sku="A", day=ago(72), actor="ann", kind="reorder.snooze", quantity=None, reason="cash"
    )
    found = judged(Acts([suggested(80, 70, None)], [answer], []))
    assert attributed(found) == {"seller": 10}
    assert f"put off by ann on {ago(72)}: cash" in found.reasons


def test_where_inventory_is_not_in_the_providers_scope_what_to_order_is_the_sellers_task() -> None:
    assert attributed(judged(Acts([], [], []), suggests=False)) == {"seller": 10}


def test_an_earlier_order_with_its_suggestion_is_another_story() -> None:
    earlier = ordered(200, 150, 150, 140)
    acts = Acts([suggested(210, 205, 206), suggested(60, 55, 55)], [], [earlier, ordered(50, 10, 9, 0)])
    found = judged(acts)
    assert found.cycle.suggested == ago(60)
    assert attributed(found) == {"seller": 5, "supplier": 1, "nobody": 4}


def test_an_order_for_later_is_not_what_the_stock_out_waited_for() -> None:
    later = ordered(69, -30, None, None)
    found = judged(Acts([suggested(80, 70, 75)], [], [later, ordered(65, 4, 4, 0)]))
    assert attributed(found) == {"seller": 5, "nobody": 5}
    missing = ordered(71, 6, None, None)
    rescued = judged(Acts([suggested(80, 70, 75)], [], [missing, ordered(9, 2, 1, 0)]))
    assert attributed(rescued) == {"supplier": 6, "nobody": 4}, "the rush order is not what was late"


def test_goods_that_come_in_a_slow_season_are_not_late_before_its_time() -> None:
    peak, turn = Slowdown(first=(10, 15), last=(12, 15), speed=0.5), Slowdown(first=(12, 20), last=(1, 5), speed=0.25)
    usual = Receiving(channel="*", spread=Spread(p50=5, p90=9), slowdowns=(peak, turn))
    days = [(9, 30), (10, 15), (12, 15), (12, 16), (12, 31), (1, 5), (1, 6)]
    assert [usual_days(usual, date(2026, *day)) for day in days] == [9, 18, 18, 9, 36, 36, 9]


@given(
    days=st.integers(1, 40), over=st.booleans(), suggests=st.booleans(),
    published=st.none() | st.tuples(st.integers(0, 120), st.integers(0, 120), st.none() | st.integers(0, 120)),
    order=st.none() | st.tuples(st.integers(1, 120), *[st.none() | st.integers(0, 120)] * 3),
)  # fmt: skip
def test_every_day_has_one_party_whatever_was_done(
    days: int, over: bool, suggests: bool, published: tuple[int, int, int | None] | None,
    order: tuple[int, int | None, int | None, int | None] | None,
) -> None:  # fmt: skip
    acts = Acts([suggested(*published)] if published else [], [], [ordered(*order)] if order else [])
    found = judged(acts, days=days, over=over, suggests=suggests)
    assert sum(attributed(found).values()) == days
    assert set(attributed(found)) <= set(PARTIES)
    assert all(n >= 0 for n in found.late.values())
    halves = [found.days(p, ago(days), ago(6)) + found.days(p, ago(5), ago(1)) for p in PARTIES]
    assert sum(map(len, halves)) == days, "months add up to the whole"


def test_a_few_days_without_a_reading_do_not_end_a_stock_out() -> None:
    found = stock_outs([d for d in out(12) if d.day not in {ago(4), ago(5)}], END)
    assert [len(o.days) for o in found] == [10]
    parted = stock_outs([d for d in out(12) if not ago(8) <= d.day <= ago(3)], END)
    assert [(len(o.days), o.over) for o in parted] == [(4, True), (2, True)]


def test_relief_is_the_lost_share_of_what_was_expected_without_the_providers_days() -> None:
    acts = Acts([suggested(80, 70, 68)], [], [ordered(65, 20, 17, 0)])
    found = claim([judged(acts, days=20)], OCTOBER, "2026-10", Decimal(9600), "USD", 24)
    assert found
    assert (found.lost, found.expected, found.share) == (Decimal(260), Decimal(10000), Decimal("0.0260"))
    assert (found.fault, len(found.mask), found.expires) == ("carrier", 13, date(2026, 11, 24))
    assert claim([judged(Acts([], [], []))], OCTOBER, "2026-10", Decimal(9600), "USD", 24) is None


def test_the_log_tells_what_was_suggested_and_answered(store: Store) -> None:
    store.connection.execute("CREATE TABLE event (seq BIGINT, happened_at TIMESTAMP, actor VARCHAR, kind VARCHAR, "
                             "detail VARCHAR, hash VARCHAR)")  # fmt: skip
    line = (
        '{"account": "us", "channel": "amazon.com", "sku": "A", "quantity": 9, "order_by": "2026-10-01", "mode": "sea"}'
    )
    nothing = line.replace("9,", "0,").replace('"A"', '"B"')
    for seq, kind, detail in (
        (1, "reorder.publish", f'{{"as_of": "2026-09-20", "lines": [{line}, {nothing}]}}'),
        (2, "reorder.acknowledge", '{"publish": 1}'),
        (
            3,
            "reorder.adjust",
            '{"account": "us", "channel": "amazon.com", "sku": "A", "quantity": 5, "reason": "cash"}',
        ),
    ):
        store.add("event", seq=seq, happened_at=f"2026-09-{20 + seq} 03:00:00", actor="ann", kind=kind, detail=detail)
    acts = read_acts(store, "America/Los_Angeles", [])
    (found,) = acts.suggestions
    assert (found.published, found.order_by, found.acknowledged) == (
        date(2026, 9, 20),
        date(2026, 10, 1),
        date(2026, 9, 21),
    )
    assert [(a.day, a.quantity, a.reason) for a in acts.answers] == [(date(2026, 9, 22), 5, "cash")]
