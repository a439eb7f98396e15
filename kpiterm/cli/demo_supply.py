"""The demo's supply side: factories, ships, terms of every SKU, past orders to learn from, and those on their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib import resources
from math import ceil
from random import Random
from typing import TYPE_CHECKING

from kpiterm.cli import supplies
from kpiterm.paths import private_dir

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.supply.model import Milestone, OrderLine, PurchaseOrder, Terms
    from kpiterm.cli.session import Session
    from kpiterm.sandbox import Sandbox
    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.stock import StockLevel

_ACCOUNT, _CHANNEL = "demo-us", "amazon.com"
_FACTORY, _WEAVER, _FORGE = "demo-factory", "demo-weaver", "demo-forge"
_SUPPLIERS = {"Kitchen": _FACTORY, "Office": _FACTORY, "Bath": _FACTORY, "Pets": _FACTORY, "Garden": _FORGE}
_CARTONS = {"Kitchen": 24, "Bath": 12, "Pets": 6, "Garden": 8, "Office": 12}
_SIZES = {  # kilograms and litres a unit
    "Kitchen": ("0.42", "1.6"), "Bath": ("0.75", "4.5"), "Pets": ("1.60", "14"), "Garden": ("1.90", "9"),
    "Office": ("0.95", "5"),
}  # fmt: skip
_PRODUCTION = {_FACTORY: 10, _FORGE: 14}
_BEFORE_CLOSURE = 17  # days for the slower week before the holiday, inspection and the forwarder's last cut-off
_LONGEST, _SHORTEST = 75, 20
_PAST_ORDERS, _APART = 6, 52  # of each supplier, days
_STAGES: tuple[tuple[Milestone, int], ...] = (("qc", 3), ("shipped", 5), ("port", 14), ("checked_in", 4))
# What Amazon counts as on its way, and how far an order is then: its milestone, days ago, and days to the warehouse.
_UNDER_WAY: tuple[tuple[str, Milestone, int, int], ...] = (
    ("inbound_working", "booked", 3, 15),
    ("inbound_shipped", "shipped", 9, 9),
    ("inbound_receiving", "checked_in", 3, 0),
)

# Account, channel, sales as a share of Amazon's, and how far an order is: milestone, days ago, days to the warehouse.
_ORDERS: tuple[tuple[str, str, float, Milestone, int, int], ...] = (
    (_ACCOUNT, _CHANNEL, 1.0, "ordered", 4, 36),
    ("demo-shopify", "shopify", 0.7, "shipped", 9, 12),
    ("demo-shopify", "shopify", 0.7, "ordered", 4, 36),
    ("demo-walmart", "walmart.com", 0.5, "shipped", 9, 12),
    ("demo-walmart", "walmart.com", 0.5, "ordered", 4, 36),
)


def write(session: Session, box: Sandbox) -> None:
    """Write supply files and enter purchase orders, as a person would have."""
    from kpiterm.analysis.inventory.supply.orders import to_detail
    from kpiterm.analysis.inventory.supply.products import write_products
    from kpiterm.store import journal

    today = box.clock().date()
    days = production(today)
    text = resources.files("kpiterm.cli").joinpath("demo_supply.toml").read_text("utf-8")
    supplies.supply_file(session.paths).write_text(text.replace("58/64", f"{days}/{days + 5}"), "utf-8")
    products = supplies.products_file(session.paths)
    private_dir(products.parent)
    products.write_text(write_products(terms(box)), "utf-8")
    for order in (*_past(box, today), *_open(box, today)):
        entered = datetime.combine(max(order.reached.values()), time(18), UTC)
        journal.append(session.paths.journal, "po.add", to_detail(order), now=entered)


def production(today: date) -> int:
    """Days for which the weaver works on an order: what is ordered today is about the last to be made before the next
    Chinese New Year, where that is near enough."""
    from kpiterm.analysis.inventory.lead.calendar import chinese_new_year

    new_year = chinese_new_year(today)
    days = (new_year - today).days - _BEFORE_CLOSURE if new_year else _LONGEST
    return days if _SHORTEST <= days <= _LONGEST else 45


def terms(box: Sandbox) -> Iterator[Terms]:
    """How each SKU is bought; the new one sells like a sister, until it has a history."""
    from kpiterm.analysis.inventory.supply.model import Terms, Tier

    stories = dict(box.shop.stories)
    for product in box.shop.products:
        carton = _CARTONS[product.category]
        cost = (Decimal(product.price) * 38 / 10000).quantize(Decimal("0.01"))
        weight, volume = _SIZES[product.category]
        yield Terms(
            sku=product.sku,
            supplier=_supplier(product, stories),
            moq=carton * 4,
            carton=carton,
            currency="USD",
            tiers=(
                Tier(least=1, unit_cost=cost),
                Tier(least=carton * 40, unit_cost=(cost * Decimal("0.96")).quantize(Decimal("0.01"))),
            ),
            weight_kg=Decimal(weight),
            volume_l=Decimal(volume),
            modes=("sea", "air"),
            analogue=_sister(product, box) if product.sku == stories.get("new") else None,
        )


def _supplier(product: Product, stories: Mapping[str, str]) -> str:
    return _WEAVER if product.sku == stories.get("closure") else _SUPPLIERS[product.category]


def _sister(product: Product, box: Sandbox) -> str | None:
    others = [p for p in box.shop.products if p.category == product.category and p.sku != product.sku]
    family = [p for p in others if p.parent_asin == product.parent_asin]
    return (family or others)[0].sku if others else None


def _past(box: Sandbox, today: date) -> Iterator[PurchaseOrder]:
    """Orders that have come, one after the other, each a bit slower or quicker than usual."""
    from kpiterm.analysis.inventory.supply.model import OrderLine

    told = box.shop.stories.get("stock_out")  # how its goods came is a story of its own
    for number, supplier in enumerate((_FACTORY, _WEAVER, _FORGE), 2):
        skus = [p for p in box.shop.products if _supplier(p, box.shop.stories) == supplier and p.afn and p.sku != told]
        for count in range(_PAST_ORDERS if skus else 0):
            luck = Random(f"{box.shop.seed}:po:{supplier}:{count}")
            ordered = today - timedelta(days=150 + _APART * (_PAST_ORDERS - 1 - count) + luck.randrange(9))
            units = 240
            reached = _journey(supplier, ordered, today, luck)
            line = OrderLine(sku=luck.choice(skus).sku, units=units, received=units)
            yield _order(f"PO-{number}{count + 1:03d}", supplier, reached, (line,))


def _journey(supplier: str, ordered: date, today: date, luck: Random) -> dict[Milestone, date]:
    """Days of the stages, through the holidays of the factory's calendar."""
    import numpy as np

    from kpiterm.analysis.inventory.lead import calendar
    from kpiterm.analysis.inventory.supply.model import Supplier

    work = _PRODUCTION.get(supplier, production(today)) * luck.uniform(0.96, 1.08)
    worked = calendar.factory(Supplier(id=supplier, name=supplier, currency="USD"))
    start = np.array([float(calendar.index(ordered))])
    day = calendar.EPOCH + timedelta(days=round(float(calendar.finished(worked, start, np.array([work]))[0])))
    reached: dict[Milestone, date] = {"ordered": ordered, "produced": day}
    for name, days in _STAGES:
        day += timedelta(days=max(1, round(days * luck.uniform(0.8, 1.35))))
        reached[name] = day
    reached["received"] = day + timedelta(days=round(6 * luck.uniform(0.7, 1.9)))
    return reached


def _open(box: Sandbox, today: date) -> Iterator[PurchaseOrder]:
    """What the sandbox's warehouses await is on its way by these orders."""
    from kpiterm.analysis.inventory.supply.model import OrderLine

    stock, number = box.shop.stock(at=box.clock()), 5001
    for counted, reached, ago, ahead in _UNDER_WAY:
        for supplier in (_FACTORY, _WEAVER, _FORGE):
            lines = tuple(
                OrderLine(sku=level.product.sku, units=getattr(level, counted))
                for level in stock
                if getattr(level, counted) and _supplier(level.product, box.shop.stories) == supplier
            )
            if lines:
                promised = today + timedelta(days=ahead)
                yield _order(f"PO-{number}", supplier, _until(reached, supplier, today, ago), lines, promised)
                number += 1
    yield from _in_production(box, today, number)


def _in_production(box: Sandbox, today: date, number: int) -> Iterator[PurchaseOrder]:
    """What no platform counts yet: a month's units at the factory for each channel, and for those without a count of
    their own a month's units at sea. Overstock and closure are stories of their own."""
    stories, sold = box.shop.stories, Counter[str]()
    for order in box.shop.orders(today - timedelta(days=30), today, box.clock()):
        for line in order.lines:
            sold[line.product.sku] += line.quantity
    waited = {level.product.sku for level in box.shop.stock(at=box.clock()) if _awaited(level)}
    covered = waited | {stories.get(role, "") for role in ("closure", "overstock", "falling")}
    for account, channel, share, mark, ago, ahead in _ORDERS:
        for supplier in (_FACTORY, _WEAVER, _FORGE):
            lines = tuple(
                _line(product, sold[product.sku] * share)
                for product in box.shop.products
                if sold[product.sku] and _supplier(product, stories) == supplier
                and (channel != _CHANNEL or (product.afn and product.sku not in covered))
            )  # fmt: skip
            if lines:
                reached, promised = _until(mark, supplier, today, ago), today + timedelta(days=ahead)
                yield replace(
                    _order(f"PO-{number}", supplier, reached, lines, promised), account=account, channel=channel
                )
                number += 1


def _line(product: Product, units: float) -> OrderLine:
    from kpiterm.analysis.inventory.supply.model import OrderLine

    carton = _CARTONS[product.category]
    return OrderLine(sku=product.sku, units=carton * max(1, ceil(units / carton)))


def _awaited(level: StockLevel) -> bool:
    return any(getattr(level, counted) for counted, *_ in _UNDER_WAY)


def _until(mark: Milestone, supplier: str, today: date, ago: int) -> dict[Milestone, date]:
    """The milestones up to `mark`, reached so many days ago, at the usual pace."""
    marks: tuple[tuple[Milestone, int], ...] = (
        ("ordered", 0), ("produced", _PRODUCTION.get(supplier, production(today))), ("qc", 3), ("booked", 2),
        ("shipped", 3), ("port", 14), ("checked_in", 4),
    )  # fmt: skip
    names = [name for name, _ in marks]
    found: dict[Milestone, date] = {}
    day = today - timedelta(days=ago)
    for name, days in reversed(marks[: names.index(mark) + 1]):
        found[name] = day
        day -= timedelta(days=days)
    return dict(reversed(found.items()))


def _order(
    number: str,
    supplier: str,
    reached: Mapping[Milestone, date],
    lines: tuple[OrderLine, ...],
    promised: date | None = None,
) -> PurchaseOrder:
    from kpiterm.analysis.inventory.supply.model import PurchaseOrder

    return PurchaseOrder(
        id=number, supplier=supplier, account=_ACCOUNT, channel=_CHANNEL, mode="sea", currency="USD",
        lines=lines, reached=reached, promised=promised,
    )  # fmt: skip
