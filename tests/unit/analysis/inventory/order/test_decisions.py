"""What the operation log says of suggestions, and what alerts make of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.analysis.alerts import DEFAULTS, State, evaluate, words
from kpiterm.analysis.clock import Clock
from kpiterm.analysis.inventory.order.decisions import ACCEPT, ACKNOWLEDGE, PUBLISH, SNOOZE, decisions_of, published_of
from kpiterm.analysis.inventory.order.due import order_gauges
from kpiterm.analysis.view import View

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.order.decisions import Entry

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLOCK = Clock(NOW, "UTC")


def line(sku: str, day: str | None, quantity: int = 10) -> dict[str, Any]:
    return {"account": "us", "channel": "amazon.com", "sku": sku, "quantity": quantity, "order_by": day}


def about(sku: str, **more: Any) -> dict[str, Any]:
    return {"account": "us", "channel": "amazon.com", "sku": sku, "reason": "", **more}


LISTED: Entry = (7, NOW, "ops", PUBLISH, {"lines": [line("A", "2026-11-24"), line("B", "2026-11-22"), line("C", None)]})


def test_the_nearest_open_line_of_the_last_list_counts() -> None:
    (gauge,) = order_gauges([LISTED], CLOCK)
    assert (gauge.name, gauge.channel) == ("B +1", "amazon.com")
    assert gauge.value == 2


def test_an_alert_tells_of_it_and_is_over_once_it_is_decided() -> None:
    def board(*entries: Entry) -> View:
        gauges = order_gauges(entries, CLOCK)
        return View(workspace="default", as_of=NOW, currency="USD", snapshot=None, gauges=gauges, accounts=())

    state, (note,) = evaluate(board(LISTED), State(), DEFAULTS, NOW)
    assert words.happened(note, "en", {}) == (
        "B +1 (amazon.com): the reorder suggestion is due in 2 days, and nobody has decided on it."
    )
    assert "还有 2 天到期" in words.happened(note, "zh", {})
    accepted: list[Entry] = [(8, NOW, "boss", ACCEPT, about(sku, quantity=10)) for sku in "AB"]
    _, (over,) = evaluate(board(LISTED, *accepted), state, DEFAULTS, NOW + timedelta(hours=5))
    assert over.change == "closed"


def test_what_is_decided_is_no_longer_due() -> None:
    accepted = (8, NOW, "boss", ACCEPT, about("B", quantity=10))
    snoozed = (9, NOW, "boss", SNOOZE, about("A", quantity=10, until="2026-11-23"))
    assert order_gauges([LISTED, accepted], CLOCK)[0].name == "A"
    assert order_gauges([LISTED, accepted, snoozed], CLOCK) == ()


def test_what_has_been_ordered_since_is_no_longer_due() -> None:
    def order(name: str, *skus: str) -> dict[str, Any]:
        lines = [{"sku": sku, "units": 10} for sku in skus]
        return {"id": name, "account": "us", "channel": "amazon.com", "lines": lines}

    before = (6, NOW, "ops", "po.add", order("PO-1", "A"))
    again = (8, NOW, "ops", "po.import", {"orders": [order("PO-1", "A"), order("PO-2", "B")]})
    (gauge,) = order_gauges([before, LISTED, again], CLOCK)
    assert gauge.name == "A", "PO-1 was known when the list was published"
    assert order_gauges([before, LISTED, again, (9, NOW, "ops", "po.add", order("PO-3", "A"))], CLOCK) == ()


@pytest.mark.parametrize(("until", "holds"), [("2026-11-20", False), ("2026-11-21", True)])
def test_a_snooze_ends_on_its_day(until: str, holds: bool) -> None:
    entry = (9, NOW, "boss", SNOOZE, about("A", quantity=10, until=until))
    assert bool(decisions_of([entry], CLOCK)) is holds


def test_an_old_decision_without_an_order_no_longer_speaks() -> None:
    assert decisions_of([(1, datetime(2026, 11, 1, tzinfo=UTC), "boss", ACCEPT, about("A", quantity=10))], CLOCK) == {}


def test_who_acknowledged_first_is_remembered() -> None:
    entries: list[Entry] = [
        LISTED,
        (8, NOW, "boss", ACKNOWLEDGE, {"publish": 7}),
        (9, NOW, "cfo", ACKNOWLEDGE, {"publish": 7}),
    ]
    (published,) = published_of(entries)
    assert published.acknowledged == ("boss", NOW.date())
