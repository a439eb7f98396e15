"""What is on its way is counted once, whoever tells of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from kpiterm.analysis.inventory.supply.incoming import known, read_incoming, read_shipments
from kpiterm.analysis.inventory.supply.model import Incoming, OrderLine, PurchaseOrder

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store

NOW = datetime.fromisoformat("2026-11-22T20:00")  # naive UTC, as the store keeps moments
ORDER = PurchaseOrder(
    id="PO-1", supplier="n", account="us", channel="amazon.com", mode="sea", currency="USD",
    lines=(OrderLine(sku="A", units=100),), reached={"ordered": date(2026, 9, 1)},
)  # fmt: skip


def shipment(
    store: Store, number: str, shipped: int, received: int | None, status: str = "SHIPPED", arrives: int = 20
) -> None:
    store.add(
        "inbound", account="us", channel="amazon.com", sku="A", shipment_id=number, shipped=shipped, received=received,
        status=status, created_at=NOW.replace(month=10, day=1), arrives_at=NOW.replace(day=arrives), loaded_at=NOW,
    )  # fmt: skip


def counted(store: Store, units: int | None, moment: datetime = NOW, *, sku: str = "A", source: str = "a") -> None:
    store.add(
        "stock_level", account="us", channel="amazon.com", sku=sku, source=source, taken_at=moment, location="FBA",
        inbound=units, loaded_at=NOW,
    )  # fmt: skip


def units(found: tuple[Incoming, ...]) -> list[tuple[int, str, str | None, str | None]]:
    return [(one.units, one.stage, one.order, one.shipment) for one in found]


def test_an_open_order_is_on_its_way_as_far_as_it_has_come(store: Store) -> None:
    promised = date(2026, 12, 5)
    ship = replace(ORDER, reached={**ORDER.reached, "shipped": date(2026, 11, 1)}, promised=promised)
    (found,) = read_incoming(store, [ship])
    assert found == Incoming(
        account="us", channel="amazon.com", sku="A", units=100, stage="shipped", since=date(2026, 11, 1), mode="sea",
        order="PO-1", expected=promised,
    )  # fmt: skip
    assert read_incoming(store, [replace(ship, cancelled=True)]) == ()


def test_a_shipment_that_an_order_names_is_not_counted_again(store: Store) -> None:
    shipment(store, "FBA1", 100, 0)
    counted(store, 100)
    assert units(read_incoming(store, [replace(ORDER, shipments=("FBA1",))])) == [(100, "booked", "PO-1", None)]


def test_a_shipment_that_no_order_names_is_on_its_way_with_what_is_left_of_it(store: Store) -> None:
    shipment(store, "FBA1", 100, None)
    shipment(store, "FBA2", 60, 20, "RECEIVING")
    shipment(store, "FBA3", 60, 10, "CLOSED")
    shipment(store, "FBA4", 60, 0, "CANCELLED")
    found = read_incoming(store, [])
    assert units(found) == [(100, "shipped", None, "FBA1"), (40, "checked_in", None, "FBA2")]
    assert (found[0].since, found[0].expected) == (date(2026, 10, 1), date(2026, 11, 20))


def test_what_a_platform_received_counts_where_nobody_entered_it(store: Store) -> None:
    shipment(store, "FBA1", 100, 70, "RECEIVING")
    (told,) = known([replace(ORDER, shipments=("FBA1",))], read_shipments(store))
    assert (told.lines[0].received, told.stage) == (70, "checked_in")
    assert told.reached["booked"] == date(2026, 10, 1)
    entered = replace(ORDER, shipments=("FBA1",), lines=(OrderLine(sku="A", units=100, received=90),))
    (told,) = known([entered], read_shipments(store))
    assert told.lines[0].received == 90


def test_all_shipments_of_an_order_together_make_it_received(store: Store) -> None:
    shipment(store, "FBA1", 60, 60, "CLOSED")
    shipment(store, "FBA2", 40, 40, "CLOSED", arrives=21)
    (told,) = known([replace(ORDER, shipments=("FBA1", "FBA2"))], read_shipments(store))
    assert (told.is_open, told.reached["received"]) == (False, date(2026, 11, 21))


def test_what_a_platform_counts_beyond_orders_and_shipments_is_on_its_way_too(store: Store) -> None:
    for ago, count in ((9, 0), (6, 150), (0, 150)):
        counted(store, count, NOW - timedelta(days=ago))
    booked = replace(ORDER, reached={**ORDER.reached, "booked": date(2026, 10, 1)})
    assert units(read_incoming(store, [booked])) == [(100, "booked", "PO-1", None), (50, "shipped", None, None)]
    assert read_incoming(store, [booked])[1].since == date(2026, 11, 13)  # when none was counted for the last time


def test_an_order_in_the_making_is_not_among_what_a_platform_counts(store: Store) -> None:
    counted(store, 30)
    assert units(read_incoming(store, [ORDER])) == [(100, "ordered", "PO-1", None), (30, "shipped", None, None)]


def test_two_reports_of_one_place_are_counted_once_and_old_readings_not_at_all(store: Store) -> None:
    counted(store, 30, source="a")
    counted(store, 30, NOW - timedelta(hours=2), source="b")
    counted(store, None, NOW + timedelta(hours=1), source="c")
    counted(store, 80, NOW - timedelta(days=40), sku="GONE")
    assert units(read_incoming(store, [])) == [(30, "shipped", None, None)]
