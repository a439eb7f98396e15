"""The purchase orders: when each arrives, and what a person enters about it goes through the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from kpiterm.analysis.inventory.supply.model import Incoming, OrderLine, PurchaseOrder, Supply
from kpiterm.analysis.pages.orders import OrdersPage, orders_page
from kpiterm.analysis.view import View
from kpiterm.tui.screens.help import HERE
from tests.tui import samples

if TYPE_CHECKING:
    from tests.tui.conftest import Desk, Opener

TODAY = samples.TODAY
SEA = PurchaseOrder(
    id="PO-17", supplier="ningbo", account="us-main", channel="amazon.com", mode="sea", currency="USD",
    lines=(
        OrderLine(sku="A-1", units=240, unit_cost=Decimal("3.20"), received=40), OrderLine(sku="浴室架-2", units=60),
    ),
    reached={"ordered": TODAY - timedelta(days=60), "shipped": TODAY - timedelta(days=40)},
    promised=TODAY - timedelta(days=3),
)  # fmt: skip
NEW = replace(SEA, id="PO-18", reached={"ordered": TODAY}, promised=None)
AIR = replace(SEA, id="PO-16", mode="air", promised=None, lines=(replace(SEA.lines[0], received=0),))
DONE = replace(SEA, id="PO-3", lines=(OrderLine(sku="A-1", units=5, received=5),), reached={"received": TODAY})
GONE = replace(SEA, id="PO-4", cancelled=True)


def page(*orders: PurchaseOrder) -> OrdersPage:
    incoming = [
        Incoming(
            account=one.account, channel=one.channel, sku=line.sku, units=line.open, stage=one.stage,
            since=one.reached[one.stage], mode=one.mode, order=one.id, expected=one.promised,
        )
        for one in orders if one.is_open for line in one.lines
    ]  # fmt: skip
    return orders_page(orders, incoming, Supply(), {}, {"amazon.com": TODAY})


async def open_orders(d: Desk) -> None:
    await d.press("3")
    await d.turn(("inventory",), samples.inventory())
    await d.press("p")
    await d.turn(("orders",), page(NEW, DONE, SEA, GONE, AIR))


def test_open_orders_come_by_their_arrival_and_the_newest_of_the_others_first() -> None:
    found = page(NEW, GONE, SEA, DONE, AIR)
    assert [row.order.id for row in found.rows] == ["PO-17", "PO-16", "PO-18", "PO-3", "PO-4"]
    assert [row.arrival is None for row in found.rows] == [False, False, False, True, True]


def test_goods_at_sea_are_late_when_the_promised_day_has_passed() -> None:
    at_sea, in_time = page(SEA).rows[0], page(replace(SEA, promised=TODAY + timedelta(days=3))).rows[0]
    assert (at_sea.late, in_time.late) == (3, 0)
    assert at_sea.arrival is not None
    assert at_sea.arrival.at_latest > at_sea.arrival.likely > TODAY
    assert page(AIR).rows[0].late == 0, "nothing was promised"


def test_an_order_in_production_is_late_when_its_usual_way_takes_longer_than_was_promised() -> None:
    soon, later = (page(replace(NEW, promised=TODAY + timedelta(days=days))).rows[0] for days in (10, 300))
    assert soon.arrival is not None
    assert 0 < soon.late < (soon.arrival.likely - (TODAY + timedelta(days=10))).days, "receiving comes after the door"
    assert later.late == 0


def test_its_value_is_known_only_if_every_unit_cost_is() -> None:
    assert page(AIR).rows[0].value == Decimal("768.00")
    assert page(SEA).rows[0].value is None


async def test_the_list_tells_where_each_order_is(desk: Opener, make_view: Callable[..., View]) -> None:
    async with desk((120, 40), make_view()) as d:
        await open_orders(d)
        d.assert_aligned()
        assert d.feed.shown[-1] == ("orders",)
        assert "d late" in d.row("PO-17")
        assert "━━━━━─── shipped" in d.row("PO-17")
        assert "260/300" in d.row("PO-17")
        assert "– cancelled" in d.row("PO-4")
        assert "✓ received" in d.row("PO-3")
        await d.press("escape")
        assert d.feed.shown[-1] == ("inventory",)


async def test_keys_enter_what_has_happened(desk: Opener, make_view: Callable[..., View]) -> None:
    async with desk((80, 30), make_view()) as d:
        await open_orders(d)
        await d.press("slash", *"PO-17", "enter", "a")
        assert "PO-17: in port" in d.text()
        await d.press("enter", "v", *["backspace"] * 3, *"A-1=20", "enter", "enter", "x", *"late", "enter")
        assert d.headless.commands == [
            ("po", "advance", f"--day={TODAY}", "--", "PO-17", "port"),
            ("po", "receive", "--line=A-1=20", f"--day={TODAY}", "--", "PO-17"),
            ("po", "cancel", "--note=late", "--", "PO-17"),
        ]


async def test_a_new_order_is_for_the_chosen_suggestion(desk: Opener, make_view: Callable[..., View]) -> None:
    async with desk((80, 30), make_view()) as d:
        await open_orders(d)
        await d.press("n", *"PO-19", "enter", *"ningbo", "enter", "enter")
        assert not d.headless.commands, "every field is come by once, filled in or not"
        await d.press("enter")
        place = ("--account=us-main", "--channel=amazon.com")
        assert d.headless.commands == [
            ("po", "add", "--supplier=ningbo", "--line=A-1=480", "--mode=sea", *place, "--", "PO-19")
        ]


async def test_what_is_to_go_by_two_ships_has_its_ship_asked(desk: Opener, make_view: Callable[..., View]) -> None:
    async with desk((80, 30), make_view()) as d:
        await d.press("3")
        await d.turn(("inventory",), samples.inventory(samples.suggestion("A-1", mode="split")))
        await d.press("p")
        await d.turn(("orders",), page(SEA))
        await d.press("n", *"PO-19", "enter", *"ningbo", "enter", "enter", "enter")
        assert not d.headless.commands
        await d.press(*"air", "enter")
        assert "--mode=air" in d.headless.commands[0]


async def test_nothing_is_asked_of_an_order_that_is_over(desk: Opener, make_view: Callable[..., View]) -> None:
    async with desk((80, 30), make_view()) as d:
        await open_orders(d)
        await d.press("G", "a", "v", "x")
        assert "enter goes on" not in d.text()
        await d.turn(("orders",), OrdersPage((), date(2026, 11, 22)))
        await d.press("a")
        assert d.headless.commands == []


async def test_help_tells_the_keys_of_the_orders(desk: Opener, make_view: Callable[..., View]) -> None:
    async with desk((110, 50), make_view()) as d:
        await open_orders(d)
        await d.press("question_mark")
        assert "on this screen (purchase orders)" in d.text()
        for _, told in HERE["orders"]:
            assert told in d.text()
