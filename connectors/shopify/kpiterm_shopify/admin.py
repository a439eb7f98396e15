"""Asking the Admin API: one question at a time, paced by the points that Shopify charges, errors in plain words."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TypeVar

import httpx
import msgspec

from kpiterm.plugins import Context, DataError, PluginError, RateLimited, clock
from kpiterm_shopify import shop
from kpiterm_shopify.problems import Fault, TooCostlyError, explained, problem

T = TypeVar("T")
PATIENCE = 600.0
_RETRIES = 4
_PASSING = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})


class _Throttle(msgspec.Struct, rename="camel"):
    maximum_available: float = 1000.0
    currently_available: float = 0.0
    restore_rate: float = 50.0


class _Cost(msgspec.Struct, rename="camel"):
    requested_query_cost: float = 0.0
    throttle_status: _Throttle = msgspec.field(default_factory=_Throttle)


class _Extensions(msgspec.Struct):
    cost: _Cost | None = None


class _Envelope(msgspec.Struct):
    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: list[Fault] | str | None = None
    extensions: _Extensions | None = None


class Answer(msgspec.Struct, frozen=True):
    """The body as Shopify sent it, and its `data`."""

    body: bytes
    data: msgspec.Raw
    what: str

    def read(self, model: type[T]) -> T:
        """The data as `model`; DataError where Shopify's answer is not what its schema says."""
        try:
            return msgspec.json.decode(self.data, type=model)
        except msgspec.DecodeError as error:
            raise DataError(
                f"{self.what}: {error}",
                hint="the answer is not what the schema says; nothing of this window was stored",
            ) from None


class Admin:
    """One shop's API for the length of a fetch. It keeps room for another process's question of the same size, so that
    two of them do not throttle each other."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._url = shop.graphql_url(ctx.settings)
        self._throttle: _Throttle | None = None
        self._seen = 0.0
        self._costs: dict[str, float] = {}
        self._warned = False

    def ask(self, query: str, variables: Mapping[str, object] | None = None) -> Answer:
        """The answer to `query`, after as many waits as it takes. All that is asked here only reads, also what starts
        a bulk operation, so it may be sent again.

        Raises TooCostlyError, AccessError, AuthError, DataError, TransientError or RateLimited.
        """
        what, waited, failures = _name(query), 0.0, 0
        self._make_room(query)
        while True:
            envelope, response = self._post(query, variables or {})
            cost = self._learn(query, envelope)
            if not envelope.errors:
                return Answer(response.content, _data(envelope, what), what)
            code = _code(envelope)
            if code == "THROTTLED":
                pause = self._deficit(cost, what)
                waited += pause
                if waited > PATIENCE:
                    raise RateLimited(
                        f"{what}: throttled for {waited:.0f} s on end",
                        hint="other apps or processes use up this app's points: the next sync goes on from here",
                    )
            elif code in _PASSING and failures < _RETRIES:
                failures += 1
                pause = min(2.0**failures, 30.0) * random.uniform(0.5, 1.0)
            else:
                raise problem(envelope.errors, what, response.headers.get("x-request-id"))
            self._ctx.sleep(pause)

    def _post(self, query: str, variables: Mapping[str, object]) -> tuple[_Envelope, httpx.Response]:
        body = {"query": query, "variables": variables}
        try:
            response = self._ctx.http.post(self._url, json=body, extensions={"idempotent": True})
        except PluginError as error:
            raise explained(error, shop.host(self._ctx.settings)) from None
        self._check_version(response)
        try:
            return msgspec.json.decode(response.content, type=_Envelope), response
        except msgspec.DecodeError as error:
            fault = Fault.passing(f"the answer is no GraphQL answer: {error}")
            return _Envelope(errors=[fault]), response

    def _check_version(self, response: httpx.Response) -> None:
        """Shopify answers for a version that it no longer has with the oldest that it still has, silently."""
        served = response.headers.get("x-shopify-api-version")
        if served and served != shop.API_VERSION and not self._warned:
            self._warned = True
            self._ctx.log(
                f"Shopify answers with version {served} instead of {shop.API_VERSION}: upgrade kpiterm-shopify"
            )

    def _learn(self, query: str, envelope: _Envelope) -> _Cost:
        cost = (envelope.extensions.cost if envelope.extensions else None) or _Cost()
        if envelope.extensions and envelope.extensions.cost:
            self._throttle, self._seen = cost.throttle_status, clock.monotonic()
            self._costs[query] = cost.requested_query_cost
        return cost

    def _make_room(self, query: str) -> None:
        throttle, cost = self._throttle, self._costs.get(query, 0.0)
        if throttle is None or throttle.restore_rate <= 0:
            return
        there = throttle.currently_available + throttle.restore_rate * (clock.monotonic() - self._seen)
        wanted = min(2 * cost, throttle.maximum_available)
        if there < wanted:
            self._ctx.sleep((wanted - there) / throttle.restore_rate)

    def _deficit(self, cost: _Cost, what: str) -> float:
        """Seconds until the question can be afforded. At least one: a vendor's bug has said that it costs nothing."""
        throttle = cost.throttle_status
        if cost.requested_query_cost > throttle.maximum_available:
            raise TooCostlyError(
                f"{what} costs {cost.requested_query_cost:.0f} points of {throttle.maximum_available:.0f} at most",
                hint="report this",
            )
        lacking = cost.requested_query_cost - throttle.currently_available
        return max(1.0, lacking / max(throttle.restore_rate, 1.0)) + random.uniform(0.0, 0.5)


def _name(query: str) -> str:
    """`query Orders(...)` as "Orders", for messages."""
    return query.split("{", 1)[0].partition("(")[0].split()[-1]


def _code(envelope: _Envelope) -> str:
    return envelope.errors[0].code if isinstance(envelope.errors, list) and envelope.errors else ""


def _data(envelope: _Envelope, what: str) -> msgspec.Raw:
    if bytes(envelope.data) == b"null":
        raise DataError(f"{what}: neither data nor errors", hint="sync again; if it stays so, report this")
    return envelope.data
