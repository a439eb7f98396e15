"""Tools over the connected store: profits, stock, tracked keywords; and one that would change a listing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.helium10.tool import DATE, TEXTS, Call, Tool, ToolError
from kpiterm.sandbox.orders import business_day, status
from kpiterm.sandbox.shop import days_between, traffic_of

if TYPE_CHECKING:
    from kpiterm.sandbox.helium10.identity import Identity
    from kpiterm.sandbox.vendor import World

MARKETPLACES = ("US", "CA", "MX", "UK", "DE", "FR", "IT", "ES", "NL", "IN", "JP", "AU", "AE", "BR", "SA")
KEYS = ("sales", "gross_revenue", "units_sold", "sessions", "advertising_cost", "net_profit", "ads_acos")
_PLACES = {"type": "array", "items": {"type": "string", "enum": list(MARKETPLACES)}}
_SPAN = {"current_date_from": DATE, "current_date_to": DATE, "marketplace": _PLACES, "seller_ids": TEXTS,
         "currency": {"type": "string"}}  # fmt: skip
_SIZE = {
    "page_size": {"type": "integer", "minimum": 1, "maximum": 1000},
    "sort_by": {"type": "string", "enum": list(KEYS)},
}
_MARGIN = 0.31  # of sales, before ads
Arguments = Mapping[str, Any]


def store_tools(world: World, identity: Identity) -> tuple[Tool, ...]:
    """What the account's plan offers; there is no Walmart store, so its twins are not listed."""
    given = partial(partial, world=world, identity=identity)
    granularity = {"granularity": {"type": "string", "enum": ["day", "week"]}}
    level = {"product_level": {"type": "string", "enum": ["sku", "asin"]}}
    ends = ("current_date_from", "current_date_to")
    text = {"type": "string"}
    return (
        Tool("get_account_profit_and_loss_summary_series", "Account-level P&L summary trend over time.",
             {**_SPAN, **granularity}, (*ends, "granularity"), given(_account)),
        Tool("get_product_profit_and_loss_summary", "Product-level P&L summary (point-in-time).",
             {**_SPAN, **_SIZE, **level}, (*ends, "product_level"), given(_products)),
        Tool("get_inventory_values", "Current Amazon inventory quantities per product.",
             {"marketplace": _PLACES, "seller_ids": TEXTS, **_SIZE}, ("marketplace",), given(_inventory)),
        Tool("get_keywords_rank_history", "Rank history for tracked keywords (Keyword Tracker).",
             {"marketplace": _PLACES, "date_from": DATE, "date_to": DATE}, ("marketplace", "date_from", "date_to"),
             given(_ranks)),
        Tool("sync_listing_to_amazon", "Writes a listing draft to Seller Central.",
             {"asin": text, "title": text}, ("asin",), _written),
    )  # fmt: skip


def _span(world: World, arguments: Arguments, identity: Identity, names: tuple[str, str]) -> list[date]:
    """The Pacific days asked for that have begun; none where another seller is meant."""
    first, last = (date.fromisoformat(arguments[name]) for name in names)
    if first > last:
        raise ToolError(f"{names[0]} must not be after {names[1]}")
    others = set(arguments.get("seller_ids", ())) - {identity.seller_id}
    mine = not others and arguments.get("marketplace", ["US"]) == ["US"]
    today = business_day(world.clock().timestamp())
    return list(days_between(max(first, world.shop.first_day), min(last, today))) if mine else []


def profit(world: World, day: date, asin: str | None = None) -> dict[str, float]:
    """A day's figures, of one product or of all: pending orders count as income, ad cost is negative."""
    shop, at = world.shop, world.clock()
    moment, sold = int(at.timestamp()), Counter[str]()
    for order in shop.orders(day, day, at):
        if order.non_amazon or status(order, moment) == "CANCELLED":
            continue
        for line in order.lines:
            if asin in (None, line.product.asin):
                sold.update(sales=line.price, units=line.quantity, discount=line.discount)
    sessions = sum(seen.sessions for seen in traffic_of(shop, day) if asin in (None, seen.product.asin))
    spend = sum(cell.cost for cell in shop.day_ads(day) if asin in (None, cell.product.asin))
    return {
        "sales": sold["sales"] / 100,
        "gross_revenue": (sold["sales"] - sold["discount"]) / 100,
        "units_sold": sold["units"],
        "sessions": sessions,
        "advertising_cost": -spend / 100,
        "net_profit": round((sold["sales"] * _MARGIN - spend) / 100, 2),
        "ads_acos": round(spend / sold["sales"] * 100, 2) if sold["sales"] else 0,
    }


def _account(call: Call, *, world: World, identity: Identity) -> dict[str, Any]:
    series: dict[str, dict[str, float]] = {key: defaultdict(float) for key in KEYS}
    for day in _span(world, call.arguments, identity, ("current_date_from", "current_date_to")):
        bucket = day if call.arguments["granularity"] == "day" else day - timedelta(days=day.weekday())
        for key, value in profit(world, day).items():
            series[key][str(bucket)] = round(series[key][str(bucket)] + value, 2)
    return {"data": {"metrics": [{"metric_key": key, "values": values} for key, values in series.items()]}}


def _products(call: Call, *, world: World, identity: Identity) -> dict[str, Any]:
    days = _span(world, call.arguments, identity, ("current_date_from", "current_date_to"))
    found = []
    for product in world.shop.products if days else ():
        parts = [profit(world, day, product.asin) for day in days]
        found.append((product, {key: round(sum(part[key] for part in parts), 2) for key in KEYS}))
    key = call.arguments.get("sort_by", "sales")
    found.sort(key=lambda pair: -pair[1][key])
    rows = [
        {"asin": product.asin, "sku": product.sku, "product_name": product.title, "marketplace": "US",
         "seller_id": identity.seller_id, "metrics": metrics}
        for product, metrics in found[: call.arguments.get("page_size", 20)]
    ]  # fmt: skip
    return {"data": {"rows": rows}}


def _inventory(call: Call, *, world: World, identity: Identity) -> dict[str, Any]:
    if "US" not in call.arguments["marketplace"]:
        return {"data": {"rows": []}}
    rows: list[dict[str, Any]] = [
        {
            "asin": level.product.asin, "sku": level.product.sku, "product_name": level.product.title,
            "marketplace": "US", "seller_id": identity.seller_id, "fulfillment_type": "FBA",
            "inventory": {
                "available": level.fulfillable, "inbound_working": level.inbound_working,
                "inbound_shipped": level.inbound_shipped, "inbound_received": level.inbound_receiving,
                "unfulfillable": level.unfulfillable,
            },
        }
        for level in world.shop.stock(at=world.clock())
    ]  # fmt: skip
    rows += [
        {"asin": p.asin, "sku": p.sku, "product_name": p.title, "marketplace": "US", "fulfillment_type": "FBM",
         "seller_id": identity.seller_id, "inventory": {"available": 25}}
        for p in world.shop.products if not p.afn
    ]  # fmt: skip
    return {"data": {"rows": rows[: call.arguments.get("page_size", 20)]}}


def _ranks(call: Call, *, world: World, identity: Identity) -> dict[str, Any] | str:
    """One tracked keyword a product: ranks wander, get lost beyond 306, and some days have none."""
    days = _span(world, call.arguments, identity, ("date_from", "date_to"))
    rows = []
    for product in world.shop.products if days else ():
        rng = Random(f"{world.shop.seed}:ranks:{product.asin}")
        base = rng.randrange(2, 330)
        organic = {str(day): _rank(Random(f"{world.shop.seed}:rank:{product.asin}:{day}"), base) for day in days}
        words = " ".join(product.title.split(", ")[0].split()[2:])
        rows.append({
            "asin": product.asin, "keyword": words, "marketplace": "US", "search_volume": rng.randrange(300, 90_000),
            "organic_rank": {"values": organic},
            "sponsored_rank": {"values": dict.fromkeys(map(str, days), ">96" if base > 200 else "-")},
        })  # fmt: skip
    return {"data": {"rows": rows}} if rows else "no_result"


def _rank(rng: Random, base: int) -> int | str:
    rank = base + rng.randrange(-9, 10)
    return ">306" if rank > 306 else "-" if rank < 1 else rank


def _written(call: Call) -> dict[str, Any]:
    return {"data": {"status": "SUBMITTED", "asin": call.arguments["asin"]}}
