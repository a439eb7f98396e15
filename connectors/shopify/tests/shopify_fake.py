"""Shopify in the test's hands, and a host for the connector: real client, real limiter, nothing slept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import httpx

from kpiterm.plugins import Context, Output, Payload, Row, Shape
from kpiterm.plugins.http import Stats, open_client
from kpiterm.plugins.limits import Limiter
from kpiterm.plugins.redact import Redactor
from kpiterm.plugins.sql import MACROS
from kpiterm.sync.normalise import source_sql
from kpiterm.sync.spool import Spool
from kpiterm_shopify.connector import SHOPIFY

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SHOP = "my-shop.myshopify.com"
SETTINGS = {"shop": SHOP, "client_id": "app-1", "timezone": "America/New_York", "currency": "USD"}
SECRETS = {"access_token": "shpat_static"}
COST = {
    "requestedQueryCost": 10,
    "actualQueryCost": 5,
    "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 1990, "restoreRate": 100},
}
Answer = Callable[[httpx.Request], httpx.Response]
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


@dataclass
class Host:
    """What outlives a run (`state`, `keyring`), and what the connector did (`slept`, `logs`)."""

    directory: Path
    state: dict[str, str] = field(default_factory=dict)
    keyring: dict[str, str] = field(default_factory=dict)
    slept: list[float] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    clients: list[httpx.Client] = field(default_factory=list)
    on_sleep: Callable[[], None] = lambda: None

    def context(
        self,
        answer: Answer,
        *,
        settings: Mapping[str, str] = SETTINGS,
        secrets: Mapping[str, str] = SECRETS,
        now: datetime = NOW,
    ) -> Context:
        limiter = Limiter(
            self.directory / "limits", str(len(self.clients)), SHOPIFY.rates, sleep=self.sleep, clock=self.clock
        )
        client = open_client(
            SHOPIFY,
            auth=None,
            limiter=limiter,
            redactor=Redactor(secrets.values()),
            sleep=self.sleep,
            log=self.logs.append,
            stats=Stats(),
            spool=self.directory / "spool",
            transport=httpx.MockTransport(answer),
            attempts=2,
        )
        self.clients.append(client)
        context = Context(
            account="my-shop",
            settings=settings,
            secrets=secrets,
            marketplace=SHOPIFY.marketplace(settings),
            http=client,
            now=now,
            log=self.logs.append,
            sleep=self.sleep,
            download=client.download,
            recall=self.state.get,
            remember=self._remember,
            save_secret=self.keyring.__setitem__,
        )
        assert SHOPIFY.auth
        client.auth = SHOPIFY.auth(context)
        return context

    def clock(self) -> float:
        return NOW.timestamp() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.on_sleep()

    def _remember(self, key: str, value: str | None) -> None:
        if value is None:
            self.state.pop(key, None)
        else:
            self.state[key] = value


def rows_of(payloads: Sequence[object], shape: Shape, directory: Path, into: str | None = None) -> Rows:
    """The rows that a shape makes of payloads, through the host's own spool and reader."""
    spool = Spool(directory, f"s{len(list(directory.iterdir()))}")
    for item in payloads:
        if isinstance(item, Payload | Row):
            spool.add(item)
    manifest = spool.close()
    output: Output = next(o for o in shape.outputs if into in (None, o.into))
    with duckdb.connect() as con:
        con.execute(MACROS)
        place = SHOPIFY.marketplace(SETTINGS)
        for name in ("channel", "timezone", "currency"):
            con.execute(f"SET VARIABLE {name} = '{getattr(place, name)}'")
        con.execute(f"CREATE TEMP VIEW source AS {source_sql(manifest.files, shape)}")
        result = con.execute(output.select)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
