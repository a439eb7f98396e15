"""The demo's supply files and orders fit its shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from kpiterm.analysis.inventory.lead.draws import arrivals, percentiles
from kpiterm.analysis.inventory.lead.learn import experience
from kpiterm.analysis.inventory.lead.route import route
from kpiterm.analysis.inventory.supply.model import Spread, Stage, Terms
from kpiterm.analysis.inventory.supply.orders import read_orders
from kpiterm.cli import demo_supply, supplies
from kpiterm.cli.session import Session
from kpiterm.paths import Paths
from kpiterm.sandbox import Sandbox


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(vendors=("amazon",), days=60, throttle=False, stories=True) as found:
        yield found


@pytest.fixture(scope="module")
def session(box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Session:
    paths = Paths(tmp_path_factory.mktemp("demo"), "demo")
    paths.root.mkdir(parents=True)
    found = Session(paths=paths, lang=None, as_of=None, json=True, quiet=True, verbose=False)
    demo_supply.write(found, box)
    return found


def test_every_sku_of_the_shop_has_terms_without_a_fault(box: Sandbox, session: Session) -> None:
    supply = supplies.load_supply(session.paths)
    assert {terms.sku for terms in supply.terms} == {product.sku for product in box.shop.products}
    assert supply.terms_of("demo-us", box.shop.stories["new"]).analogue  # type: ignore[union-attr]


def test_open_orders_are_what_amazon_awaits_and_past_ones_teach(box: Sandbox, session: Session) -> None:
    with session.reader() as reader:
        orders = read_orders(reader)
    open_units = Counter[str]()
    for order in orders:
        for line in order.lines if order.channel == "amazon.com" and len(order.reached) > 1 else ():
            open_units[line.sku] += line.open  # what is still made is nobody's inbound yet
    awaited = {
        level.product.sku: level.inbound_working + level.inbound_shipped + level.inbound_receiving
        for level in box.shop.stock(at=box.clock())
    }
    assert +open_units == {sku: units for sku, units in awaited.items() if units}
    learnt = experience(orders, supplies.load_supply(session.paths))
    assert {name: len(days) for (stage, name), days in learnt.items() if stage == "production"}.keys() == {
        "demo-factory", "demo-weaver", "demo-forge",
    }  # fmt: skip
    assert all(len(days) >= 6 for days in learnt.values())
    assert all(max(order.reached.values()) <= box.clock().date() for order in orders)


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2027, 11, 15), date(2028, 12, 11)])
def test_an_order_two_weeks_later_than_the_closures_one_waits_for_the_new_year(session: Session, today: date) -> None:
    supply = supplies.load_supply(session.paths)
    days = float(demo_supply.production(today))
    own: dict[Stage, Spread] = {"production": Spread(p50=days, p90=days + 5)}
    chosen = route(supply, {}, Terms(sku="A", supplier="demo-weaver", stages=own), "sea", "amazon.com")
    now, later = (percentiles(arrivals(chosen, today + timedelta(days=wait)))[0] for wait in (0, 14))
    assert later >= now + 14


def test_where_new_year_is_far_the_weaver_works_as_usual() -> None:
    assert demo_supply.production(date(2026, 5, 1)) == 45
