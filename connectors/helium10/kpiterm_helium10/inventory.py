"""Stock as Helium 10 shows it, as a cross-check: units in the marketplace's own network, one reading a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from kpiterm.plugins import Context, Payload, Row, Stream, Window
from kpiterm_helium10.estimates import estimate, listed, number
from kpiterm_helium10.mcp import session
from kpiterm_helium10.places import WALMART, code
from kpiterm_helium10.places import listed as setting
from kpiterm_helium10.tools import INVENTORY, twin

PAGE_SIZE = 1000
_OWN_STOCK = frozenset({"US", "CA", "MX", WALMART})  # elsewhere, markets share a pool
_INBOUND = ("inbound_working", "inbound_shipped", "inbound_received")
Counts = Mapping[str, Decimal | None]


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """`market_estimate` rows of available, inbound and unfulfillable units by ASIN (Walmart: item id)."""
    place = code(ctx.settings)
    tool = twin(INVENTORY, walmart=place == WALMART)
    sellers = setting(ctx.settings, "seller_ids")
    needed = {} if place == WALMART else {"marketplace": [place]}
    more = {"page_size": PAGE_SIZE} | ({"seller_ids": sellers} if sellers else {})
    answer = session(ctx).call(tool, needed, more)
    if answer is None:
        return
    yield Payload(body=answer.body, format="json", request=f"{tool} {place}")
    rows = listed(answer.data, "data", "rows")
    if len(rows) >= PAGE_SIZE:
        ctx.log(f"{tool}: cut at {PAGE_SIZE} products; the others are not stored")
    day = window.end.astimezone(ZoneInfo(ctx.tz)).date()
    for item, readings in _by_item(rows, fba_only=place != WALMART).items():
        for name, value in _together(readings, own_stock=place in _OWN_STOCK).items():
            yield from estimate(day, f"inventory_{name}", value, item=item)


def _by_item(rows: Iterable[Mapping[str, Any]], *, fba_only: bool) -> dict[str, list[Counts]]:
    found: dict[str, list[Counts]] = defaultdict(list)
    for row in rows:
        item = row.get("asin") or row.get("item_id")
        if item and not (fba_only and row.get("fulfillment_type") != "FBA"):
            found[str(item)].append(_counts(row.get("inventory") or {}))
    return found


def _counts(inventory: Mapping[str, Any]) -> Counts:
    inbound = [number(inventory.get(name), name) for name in _INBOUND]
    known = [part for part in inbound if part is not None]
    return {
        "available": number(inventory.get("available"), "available"),
        "inbound": sum(known, Decimal(0)) if known else number(inventory.get("inbound_quantity"), "inbound_quantity"),
        "unfulfillable": number(inventory.get("unfulfillable"), "unfulfillable"),
    }


def _together(readings: list[Counts], *, own_stock: bool) -> Counts:
    """One item's SKUs together. Where markets share a pool, Helium 10 repeats the pool's count on every SKU, so that
    equal counts are one number there and not several."""
    if not own_stock and all(reading == readings[0] for reading in readings):
        return readings[0]
    together: dict[str, Decimal | None] = {}
    for name in readings[0]:
        known = [value for reading in readings if (value := reading[name]) is not None]
        together[name] = sum(known, Decimal(0)) if known else None
    return together


STREAM = Stream(
    name="inventory",
    title="Stock of each product (cross-check)",
    fetch=fetch,
    snapshot=True,
    every=timedelta(hours=24),
    needs=("token",),
)
