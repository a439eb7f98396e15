"""The inventory ledger's summary: what each SKU's balance was at the end of each day, and what moved it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.amazon.flat import tsv
from kpiterm.sandbox.orders import DAY, SETTLED, business_day, day_bounds, quantity_shown
from kpiterm.sandbox.shop import days_between
from kpiterm.sandbox.stock import Movement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.stock import StockLevel

REPORT_TYPE = "GET_LEDGER_SUMMARY_VIEW_DATA"
_COUNTRY = "US"


class DayEnd(NamedTuple):
    """One FBA product at the end of a day, its sellable balance a day before, and the units shipped in between."""

    level: StockLevel
    before: int
    shipped: int

    @property
    def sellable(self) -> int:
        return sellable(self.level)


def sellable(level: StockLevel) -> int:
    """Sound units in Amazon's network, those that are reserved included."""
    return level.fulfillable + level.reserved_orders + level.reserved_processing


def ledger_file(shop: Shop, start: int, end: int, at: int) -> str | None:
    """GET_LEDGER_SUMMARY_VIEW_DATA by day and country: the days that `[start, end)` touches and that are over."""
    days = [
        day
        for day in days_between(max(business_day(max(start, 0)), shop.first_day), business_day(end - 1))
        if day_bounds(day)[1] <= at
    ]
    rows = [row for day, found in day_ends(shop, days).items() for end in found for row in _rows(day, end)]
    return tsv(REPORT_TYPE, rows) if rows else None


def day_ends(shop: Shop, days: list[date]) -> dict[date, list[DayEnd]]:
    """Every FBA product at the end of each of these days, which follow each other."""
    products = [product for product in shop.products if product.afn]
    if not days or not products:
        return {}
    moments = [day_bounds(day)[1] for day in (days[0] - timedelta(days=1), *days)]
    moves = _Moves(shop, moments)
    found: dict[date, list[DayEnd]] = {}
    for number, day in enumerate(days, start=1):
        before = {p.position: sellable(moves.level(p, number - 1)) for p in products}
        found[day] = [
            DayEnd(moves.level(p, number), before[p.position], moves.sent[number][p.position])
            for p in products
            if day >= shop.listed(p)
        ]
    return found


class _Moves:
    """Shipments and open orders by product, counted in one pass: `sent[n]` is shipped between two moments."""

    def __init__(self, shop: Shop, moments: list[int]) -> None:
        self._shop, self._moments = shop, moments
        self.sent = [Counter[int]() for _ in moments]
        self._after = [Counter[int]() for _ in moments]  # shipped between the moment and the shop's anchor
        self._open = [Counter[int]() for _ in moments]
        self._recent = Counter[int]()
        anchor = shop.anchor
        low, high = min(moments[0], anchor - 30 * DAY), max(moments[-1], anchor)
        for order in shop.orders(business_day(low) - SETTLED, business_day(high), datetime.fromtimestamp(high, UTC)):
            if not order.afn:
                continue
            for line in order.lines:
                self._ship(line.product.position, quantity_shown(order, line, high), order.shipped)
                for n in self._while(order.created, order.cancelled or order.shipped or high + 1):
                    self._open[n][line.product.position] += quantity_shown(order, line, order.created)

    def _while(self, start: int, end: int) -> range:
        return range(bisect_left(self._moments, start), bisect_left(self._moments, end))

    def _ship(self, position: int, units: int, shipped: int) -> None:
        anchor = self._shop.anchor
        if not shipped:
            return
        if anchor - 30 * DAY < shipped <= anchor:
            self._recent[position] += units
        first = bisect_left(self._moments, shipped)  # the first moment at which it has left
        if 0 < first < len(self._moments):
            self.sent[first][position] += units
        for n in range(first) if shipped <= anchor else range(first, len(self._moments)):
            self._after[n][position] += units

    def level(self, product: Product, number: int) -> StockLevel:
        """The product's stock at one of the moments."""
        shop, at, position = self._shop, self._moments[number], product.position
        sign = 1 if at >= shop.anchor else -1
        moved = Movement(
            sign * self._after[number][position], self._open[number][position], self._recent[position] / 30, 0
        )
        return shop.level(product, at, moved)


def _rows(day: date, end: DayEnd) -> Iterator[dict[str, object]]:
    product, balance = end.level.product, end.sellable
    change = balance - end.before + end.shipped
    common = {
        "Date": f"{day:%m/%d/%Y}",
        "FNSKU": product.fnsku,
        "ASIN": product.asin,
        "MSKU": product.sku,
        "Title": product.title,
        "Location": _COUNTRY,
    }
    yield (
        common
        | _moved(end.before, balance)
        | {
            "Disposition": "SELLABLE",
            "Receipts": max(0, change),
            "Customer Shipments": -end.shipped,
            "Other Events": min(0, change),
        }
    )
    if damaged := end.level.unfulfillable:
        yield common | _moved(damaged, damaged) | {"Disposition": "CUSTOMER_DAMAGED"}


_MOVES = (
    "In Transit Between Warehouses", "Receipts", "Customer Shipments", "Customer Returns", "Vendor Returns",
    "Warehouse Transfer In/Out", "Found", "Lost", "Damaged", "Disposed", "Other Events", "Unknown Events",
)  # fmt: skip


def _moved(before: int, after: int) -> dict[str, object]:
    return {**dict.fromkeys(_MOVES, 0), "Starting Warehouse Balance": before, "Ending Warehouse Balance": after}
