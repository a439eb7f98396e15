"""The `orders` listing: what may be searched and sorted by, over the days that a search can reach."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.shopify import state
from kpiterm.sandbox.shopify.catalog import variant_of
from kpiterm.sandbox.shopify.paging import Listing, listing
from kpiterm.sandbox.shopify.sales import SETTLED, Sale, business_day
from kpiterm.sandbox.shopify.search import Searchable, compile_search

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.shopify.paging import Key
    from kpiterm.sandbox.shopify.storefront import Storefront

_FULFILMENT = {True: "shipped", False: "unshipped"}


@lru_cache(maxsize=32)
def orders(front: Storefront, at: float, oldest: float, query: str | None, sort: str) -> tuple[Listing, list[Any]]:
    """Orders that a search finds at `at`, sorted, and the warnings about the search."""
    found = compile_search(query, _fields(front.shop, at))
    sales = front.sales(_first_day(front, found.since, oldest), business_day(at), at)
    kept = [sale for sale in sales if sale.created >= oldest and found.matches(sale)]
    return listing(kept, _keys(at).get(sort, _by_number)), found.warnings


def _first_day(front: Storefront, since: dict[str, float], oldest: float) -> date:
    """No order of an earlier day can be among the results."""
    first = front.shop.first_day
    reach = [business_day(oldest)] if oldest else []
    if "created_at" in since:
        reach.append(business_day(since["created_at"]))
    if "processed_at" in since:  # imported orders are processed before they are created, never after
        reach.append(business_day(since["processed_at"]))
    if "updated_at" in since:
        reach.append(business_day(since["updated_at"]) - SETTLED)
    return max([first, *reach])


def _fields(shop: Shop, at: float) -> dict[str, Searchable]:
    return {
        "created_at": Searchable("time", lambda s: s.created),
        "processed_at": Searchable("time", lambda s: s.processed),
        "updated_at": Searchable("time", lambda s: state.updated(s, at)),
        "financial_status": Searchable("text", lambda s: state.financial_status(s, at)),
        "fulfillment_status": Searchable("text", lambda s: _FULFILMENT[0 < s.fulfilled <= at]),
        "return_status": Searchable("text", lambda s: state.order_return_status(s, at)),
        "status": Searchable("text", lambda s: _status(s, at)),
        "source_name": Searchable("text", lambda s: s.source),
        "gateway": Searchable("text", lambda s: s.gateway),
        "discount_code": Searchable("text", lambda s: s.code),
        "name": Searchable("text", lambda s: f"#{s.serial}"),
        "sku": Searchable("text", lambda s: _first_sku(shop, s)),
        "tag": Searchable("text", lambda s: "wholesale" if s.source == "shopify_draft_order" else ""),
        "chargeback_status": Searchable("text", lambda s: _chargeback(s, at)),
        "id": Searchable("id", lambda s: s.number),
        "test": Searchable("flag", lambda s: s.test),
    }


def _by_number(sale: Sale) -> Key:
    return (sale.number,)


def _keys(at: float) -> dict[str, Callable[[Sale], Key]]:
    return {
        "CREATED_AT": lambda s: (s.created, s.number),
        "PROCESSED_AT": lambda s: (s.processed, s.number),
        "UPDATED_AT": lambda s: (state.updated(s, at), s.number),
        "TOTAL_PRICE": lambda s: (s.total, s.number),
        "CURRENT_TOTAL_PRICE": lambda s: (state.current_total(s, at), s.number),
        "FINANCIAL_STATUS": lambda s: (state.financial_status(s, at), s.number),
    }


def _status(sale: Sale, at: float) -> str:
    if 0 < sale.cancelled <= at:
        return "cancelled"
    return "closed" if 0 < sale.closed <= at else "open"


def _chargeback(sale: Sale, at: float) -> str:
    found = state.dispute_of(sale, at)
    return state.dispute_status(found, at) if found else ""


def _first_sku(shop: Shop, sale: Sale) -> str:
    found = (variant.sku for line in sale.lines if (variant := variant_of(shop, line)))
    return next((sku for sku in found if sku), "")
