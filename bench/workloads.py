"""The four ways in which order lines come: what a sync is told, and what a bare client asks for the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench import admin_api, connector, shopify
from bench.bare import Task
from bench.bounded import WINDOW
from bench.server import Shop
from bench.workspace import AMAZON_ACCOUNT, SHOPIFY_ACCOUNT
from kpiterm_amazon import orders
from kpiterm_amazon.places import SELLING_HOSTS
from kpiterm_amazon.reports import DOCUMENTS, REPORTS
from kpiterm_amazon.wire import stamp
from kpiterm_shopify import pages, shop
from kpiterm_shopify.queries import load, searching
from kpiterm_shopify.search import updated

_MARKETPLACE = "ATVPDKIKX0DER"
_ADMIN = {"host": admin_api.SHOP, "path": f"/admin/api/{shop.API_VERSION}/graphql.json"}


@dataclass(frozen=True, slots=True)
class Workload:
    """A stream of an account, and `ask`, which makes the bare client's questions for a span."""

    kind: str
    title: str
    account: str
    stream: str
    ask: Callable[[datetime, datetime], dict[str, Any]]

    def task(self, place: Shop, start: datetime, end: datetime) -> Task:
        """What the limit and the peers are told on their standard input."""
        keys = {"grant_type": "refresh_token", "client_id": place.settings["client_id"], **place.secrets}
        return {"url": place.url, "kind": self.kind, "sign_in": keys, "ask": self.ask(start, end)}


def _ask_pages(start: datetime, end: datetime) -> dict[str, Any]:
    query = {
        "lastUpdatedAfter": stamp(start), "lastUpdatedBefore": stamp(end), "marketplaceIds": _MARKETPLACE,
        "includedData": orders.INCLUDED, "maxResultsPerPage": "100",
    }  # fmt: skip
    return {"host": SELLING_HOSTS["na"], "path": orders.SEARCH, "query": query}


def _ask_reports(start: datetime, end: datetime) -> dict[str, Any]:
    wanted = [
        {"reportType": orders.REPORT_TYPE, "marketplaceIds": [_MARKETPLACE],
         "dataStartTime": stamp(first), "dataEndTime": stamp(last)}
        for first, last in _spans(start, end)
    ]  # fmt: skip
    return {"host": SELLING_HOSTS["na"], "reports": REPORTS, "documents": DOCUMENTS, "wanted": wanted}


def _spans(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        yield start, min(start + WINDOW, end)
        start += WINDOW


def _ask_graphql(start: datetime, end: datetime) -> dict[str, Any]:
    return {**_ADMIN, "query": load("orders"), "search": updated(start, end), "first": pages.LARGEST}


def _ask_bulk(start: datetime, end: datetime) -> dict[str, Any]:
    query = searching(load("bulk_orders"), updated(start, end))
    return {**_ADMIN, "query": query, "run": load("bulk_run"), "poll": load("bulk_poll")}


WORKLOADS = (
    Workload("graphql", "Shopify GraphQL pages", SHOPIFY_ACCOUNT, shopify.GRAPHQL, _ask_graphql),
    Workload("pages", "Amazon searchOrders pages", AMAZON_ACCOUNT, connector.PAGES, _ask_pages),
    Workload("bulk", "Shopify bulk JSONL", SHOPIFY_ACCOUNT, shopify.BULK, _ask_bulk),
    Workload("reports", "Amazon gzip TSV reports", AMAZON_ACCOUNT, connector.REPORTS, _ask_reports),
)
