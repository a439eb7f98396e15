"""Shopify in the test's hands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SHOP = "my-shop.myshopify.com"
SETTINGS = {"shop": SHOP, "client_id": "app-1", "timezone": "America/New_York", "currency": "USD"}
SECRETS = {"access_token": "shpat_static"}
COST = {
    "requestedQueryCost": 10,
    "actualQueryCost": 5,
    "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 1990, "restoreRate": 100},
}
Rows = list[dict[str, Any]]


def answered(data: object, **more: object) -> httpx.Response:
    return httpx.Response(200, json={"data": data, "extensions": {"cost": COST}, **more})


def refused(code: str, message: str = "no", cost: object = COST, **extensions: object) -> httpx.Response:
    errors = [{"message": message, "extensions": {"code": code, **extensions}}]
    return httpx.Response(200, json={"errors": errors, "extensions": {"cost": cost}})


def operation(request: httpx.Request) -> tuple[str, dict[str, Any]]:
    """Name and variables of a GraphQL request."""
    body = json.loads(request.content)
    named = re.match(r"\s*(?:query|mutation)\s+(\w+)", body["query"])
    assert named
    return named[1], body["variables"]


def connection(nodes: Sequence[object], after: str | None = None) -> dict[str, Any]:
    return {"nodes": list(nodes), "pageInfo": {"hasNextPage": after is not None, "endCursor": after}}


def money(amount: str, currency: str = "USD") -> dict[str, Any]:
    return {"shopMoney": {"amount": amount, "currencyCode": currency}}


@dataclass
class Shopify:
    """Answers by the operation's name, each from its variables; `requests` keeps what was asked."""

    answers: dict[str, Callable[[dict[str, Any]], httpx.Response]] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.host == "storage.googleapis.com":
            return httpx.Response(200, content=self.documents[str(request.url)])
        name, variables = operation(request)
        return self.answers[name](variables)

    def asked(self, name: str) -> list[dict[str, Any]]:
        """The variables of every request of an operation."""
        sent = [operation(r) for r in self.requests if r.method == "POST" and r.url.path.endswith("graphql.json")]
        return [variables for found, variables in sent if found == name]
