"""A Shopify shop that is only as clever as the benchmarks need: orders by number, rendered without an engine, so that
the server is never the limit. It knows the connector's four questions and answers any search by its two moments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from kpiterm.sandbox.wire import Request, Response, json_response
from kpiterm_shopify.shop import BULK_HOST

SHOP = "kpiterm-bench.myshopify.com"
TOKEN = "shpat_bench"
HOSTS = (SHOP, BULK_HOST)
_MOMENT = re.compile(r"updated_at:>?[<>]=?'([^']+)'")
_BULK = "gid://shopify/BulkOperation/"
_COST = '{"cost":{"requestedQueryCost":104,"actualQueryCost":98,"throttleStatus":{"maximumAvailable":20000,"currentlyAvailable":20000,"restoreRate":1000}}}'  # noqa: E501


@dataclass(frozen=True, slots=True)
class Storefront:
    """`orders` orders, one after the other at the same distance from `start` (epoch seconds) to `end`."""

    orders: int
    start: float
    end: float

    def answer(self, request: Request) -> Response:
        """Any request to one of HOSTS."""
        if request.host == BULK_HOST:
            first, last = map(int, request.path.strip("/").split("-"))
            lines = (line for number in range(first, last) for line in self._flat(number))
            return Response(200, "".join(lines).encode(), "application/jsonl")
        asked = json.loads(request.body)
        return self._answered(asked["query"], asked["variables"])

    def _answered(self, query: str, variables: dict[str, str]) -> Response:
        if query.startswith("query Orders"):
            return Response(200, self._page(variables).encode())
        if query.startswith("query Scopes"):
            scopes = [{"handle": "read_orders"}, {"handle": "read_all_orders"}]
            return json_response(200, {"data": {"currentAppInstallation": {"accessScopes": scopes}}})
        if query.startswith("mutation Run"):
            first, last = self._numbers(variables["query"])
            run = {"bulkOperation": {"id": f"{_BULK}{first}-{last}", "status": "CREATED"}, "userErrors": []}
            return json_response(200, {"data": {"bulkOperationRunQuery": run}})
        return json_response(200, {"data": {"bulkOperation": self._operation(variables["id"])}})

    def _operation(self, name: str) -> dict[str, str]:
        first, last = map(int, name.removeprefix(_BULK).split("-"))
        count = sum(1 + _line_count(number) for number in range(first, last))
        url = f"https://{BULK_HOST}/{first}-{last}"
        return {"id": name, "status": "COMPLETED", "objectCount": str(count), "url": url}

    def _numbers(self, search: str) -> tuple[int, int]:
        """The first order that changed within the searched span, and the first one behind it."""
        since, until = (datetime.fromisoformat(found).timestamp() for found in _MOMENT.findall(search))
        step = (self.end - self.start) / self.orders
        low, high = (min(max(ceil((moment - self.start) / step), 0), self.orders) for moment in (since, until))
        return low, high

    def _page(self, variables: dict[str, str]) -> str:
        low, high = self._numbers(variables["search"])
        first = int(variables["after"] or low)
        last = min(first + int(variables["first"]), high)
        more = "true" if last < high else "false"
        nodes = ",".join(self._nested(number) for number in range(first, last))
        info = f'"pageInfo":{{"hasNextPage":{more},"endCursor":"{last}"}}'
        return f'{{"data":{{"orders":{{{info},"nodes":[{nodes}]}}}},"extensions":{_COST}}}'

    def _nested(self, number: int) -> str:
        lines = ",".join(f"{{{line}}}" for line in _lines(number))
        info = '"pageInfo":{"hasNextPage":false,"endCursor":"x"}'
        return f'{{{self._order(number)},"lineItems":{{{info},"nodes":[{lines}]}}}}'

    def _flat(self, number: int) -> Iterator[str]:
        yield f"{{{self._order(number)}}}\n"
        for line in _lines(number):
            yield f'{{{line},"__parentId":"{_id("Order", number)}"}}\n'

    def _order(self, number: int) -> str:
        moment = self.start + number * (self.end - self.start) / self.orders
        when = f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"
        cancelled = f'"{when}"' if number % 40 == 0 else "null"
        tax = 8 * sum(_cents(number, line) for line in range(_line_count(number)))
        return (
            f'"id":"{_id("Order", number)}","test":false,"processedAt":"{when}","updatedAt":"{when}",'
            f'"cancelledAt":{cancelled},"currencyCode":"USD","displayFinancialStatus":"PAID",'
            f'"displayFulfillmentStatus":"FULFILLED","totalShippingPriceSet":{_money(595)},'
            f'"totalTaxSet":{_money(tax // 100)}'
        )


def _line_count(number: int) -> int:
    return 1 + (number % 10 == 0) + (number % 25 == 0)


def _lines(number: int) -> Iterator[str]:
    for place in range(_line_count(number)):
        cents, product = _cents(number, place), (number * 7 + place) % 400
        off = f'{{"allocatedAmountSet":{_money(cents // 10)}}}' if number % 5 == 0 else ""
        yield (
            f'"id":"{_id("LineItem", 10 * number + place)}","sku":"SKU-{product:05}",'
            f'"name":"Product {product} – blue / L","quantity":{1 + number % 3},"currentQuantity":{1 + number % 3},'
            f'"unfulfilledQuantity":0,"isGiftCard":false,"originalTotalSet":{_money(cents)},'
            f'"discountAllocations":[{off}],"taxLines":[{{"priceSet":{_money(8 * cents // 100)}}}],'
            f'"variant":{{"id":"{_id("ProductVariant", product)}"}}'
        )


def _cents(number: int, place: int) -> int:
    return 500 + (number * 7919 + place * 104729) % 9500


def _id(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{4_000_000_000_000 + number}"


def _money(cents: int) -> str:
    return f'{{"shopMoney":{{"amount":"{cents / 100:.2f}","currencyCode":"USD"}}}}'
