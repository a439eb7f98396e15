"""FBA stock of the stories' SKUs: what is there at the shop's first look, and what arrived and will arrive when."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from kpiterm.sandbox.events import next_chinese_new_year
from kpiterm.sandbox.orders import DAY, HOUR, day_bounds
from kpiterm.sandbox.stock import Plan

if TYPE_CHECKING:
    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.stories import Stories

_COVER = {"falling": 90, "prime_day": 45, "new": 50, "overstock": 240, "stock_out": 40, "price_cut": 35}
_USUAL_COVER, _CLOSURE_COVER = 75, range(60, 131)  # days; the second are those for which a closure can be planned
_ON_HAND = 0.6  # of the closure's cover, the rest is on its way
_RESTOCKED = ("stock_out", "price_cut", "new", "prime_day")
_LOT_DAYS, _LOTS = 30, 12


def plans(shop: Shop, stories: Stories) -> dict[str, Plan]:
    """How the stock of each of the stories' SKUs came about, by SKU."""
    recent, since_out, since_launch = _sold(shop, stories)
    found = {}
    for role, sku in stories.roles.items():
        a_day = recent[sku] / 30
        cover = _closure_cover(stories.today) if role == "closure" else _COVER[role]
        on_hand = round(a_day * cover * (_ON_HAND if role == "closure" else 1))
        if role == "stock_out":
            past = (day_bounds(stories.sold_out[1])[1], on_hand + since_out[sku])
        elif role == "new":
            past = (day_bounds(stories.stocked)[0] + 10 * HOUR, on_hand + since_launch[sku])
        else:
            past = (shop.anchor - (75 if role == "overstock" else 50) * DAY, on_hand * 3 // 4)
        found[sku] = Plan(on_hand, (past, *_to_come(shop.anchor, role, a_day, on_hand)))
    return found


def _sold(shop: Shop, stories: Stories) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Units ordered in 30 days, and units shipped by the shop's first look since the stock-out and the launch."""
    recent, since_out, since_launch = Counter[str](), Counter[str](), Counter[str]()
    skus, anchor, out_until = set(stories.skus), shop.anchor, stories.sold_out[1]
    month = stories.today - timedelta(days=30)
    for order in shop.orders(stories.launched, stories.today, datetime.fromtimestamp(anchor, UTC)):
        shipped = 0 < order.shipped <= anchor
        for line in order.lines:
            if (sku := line.product.sku) in skus:
                recent[sku] += line.quantity * (month <= order.day < stories.today and not order.cancelled)
                since_out[sku] += line.quantity * (shipped and order.day > out_until)
                since_launch[sku] += line.quantity * shipped
    return recent, since_out, since_launch


def _closure_cover(today: date) -> int:
    """Days until the factories' New Year, where that is near enough to plan for."""
    closure = next_chinese_new_year(today)
    days = (closure - today) // timedelta(days=1) if closure else 0
    return days if days in _CLOSURE_COVER else _USUAL_COVER


def _to_come(anchor: int, role: str, a_day: float, on_hand: int) -> tuple[tuple[int, int], ...]:
    if role == "closure":
        return ((anchor + 12 * DAY, round(on_hand * (1 - _ON_HAND) / _ON_HAND)),)
    if role == "falling":  # ordered when it still sold
        return ((anchor + 8 * DAY, round(a_day * _LOT_DAYS)),)
    if role not in _RESTOCKED:
        return ()
    lot = max(12, round(a_day * _LOT_DAYS / 6) * 6)
    return tuple((anchor + (9 + _LOT_DAYS * n) * DAY, lot) for n in range(_LOTS))
