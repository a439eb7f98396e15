"""The Admin GraphQL endpoint: token, version, the checks before a query runs, its points, and the answer's frame."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kpiterm.sandbox.shopify.context import Context
from kpiterm.sandbox.shopify.execute import Execution, actual_cost
from kpiterm.sandbox.shopify.language import QuerySyntaxError, parse
from kpiterm.sandbox.shopify.plan import Planner, RefusedError, requested_cost
from kpiterm.sandbox.shopify.validate import ROOTS, validate
from kpiterm.sandbox.shopify.versions import served
from kpiterm.sandbox.wire import Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.shopify.bulk import BulkOperations
    from kpiterm.sandbox.shopify.context import Setup
    from kpiterm.sandbox.shopify.execute import Resolvers
    from kpiterm.sandbox.shopify.language import Document, Operation
    from kpiterm.sandbox.shopify.oauth import Tokens
    from kpiterm.sandbox.shopify.plan import Step
    from kpiterm.sandbox.shopify.schema import Schema
    from kpiterm.sandbox.shopify.storefront import Storefront
    from kpiterm.sandbox.shopify.throttle import PointBucket
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.wire import Request

MAX_COST = 1000
_PATH = re.compile(r"/admin/api/(?P<version>[^/]+)/graphql\.json")
_BAD_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"  # noqa: S105 - a message
_TOO_COSTLY = (
    "Query cost is {cost}, which exceeds the single query max cost limit ({most}).\n\n"
    "See https://shopify.dev/concepts/about-apis/rate-limits for more information on how the\n"
    "cost of a query is calculated.\n\n"
    "To query larger amounts of data with fewer limits, bulk operations should be used instead.\n"
    "See https://shopify.dev/api/usage/bulk-operations/queries for usage details.\n"
)
_LIMITS = "https://shopify.dev/api/usage/rate-limits"


@dataclass(frozen=True)
class AdminApi:
    """Answers for the shop's host; `bucket` is shared by all tokens of the app."""

    world: World
    setup: Setup
    front: Storefront
    tokens: Tokens
    bulk: BulkOperations
    bucket: PointBucket
    schema: Schema
    resolvers: Resolvers
    token_path: str = field(default="/admin/oauth/access_token")

    def answer(self, request: Request) -> Response:
        """Any request to the shop's host."""
        response = self.tokens.answer(request) if request.path == self.token_path else self._checked(request)
        response.headers["X-Request-Id"] = str(uuid4())
        return response

    def _checked(self, request: Request) -> Response:
        match = _PATH.fullmatch(request.path)
        version = served(match["version"], self.world.clock.time()) if match else None
        if version is None or request.method != "POST":
            return json_response(404, {"errors": "Not Found"})
        if not self.tokens.good(request.headers.get("x-shopify-access-token", "")):
            return json_response(401, {"errors": _BAD_TOKEN})
        try:
            text, variables, name = _body(request)
        except ValueError:
            return json_response(400, {"errors": "Bad Request"})
        response = json_response(200, self._answered(text, variables, name, version))
        response.headers["X-Shopify-API-Version"] = version
        return response

    def _answered(self, text: str, variables: dict[str, Any], name: str, version: str) -> dict[str, Any]:
        # The served name is a date but for "unstable", which has every field.
        dated = version if version[:1].isdigit() else "9999-12"
        try:
            document = parse(text)
            operation = _chosen(document, name)
            if errors := validate(document, self.schema, dated):
                return {"errors": errors}
            steps = Planner(document, self.schema, dated, variables).plan(operation)
        except QuerySyntaxError as error:
            places = [{"line": error.place.line, "column": error.place.column}] if error.place else []
            return {"errors": [{"message": str(error), "locations": places}]}
        except RefusedError as refused:
            return {"errors": refused.errors}
        return self._run(operation, steps, dated)

    def _run(self, operation: Operation, steps: list[Step], version: str) -> dict[str, Any]:
        requested = requested_cost(steps, mutation=operation.kind == "mutation")
        if requested > MAX_COST:
            message = _TOO_COSTLY.format(cost=requested, most=MAX_COST)
            more = {"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": MAX_COST, "documentation": _LIMITS}
            return {"errors": [{"message": message, "extensions": more}]}
        if self.world.throttle and not self.bucket.take(requested):
            self.world.throttled["graphql"] += 1
            return _throttled(self._cost(requested, None))
        context = self._context(version)
        run = Execution(self.schema, self.resolvers, context)
        data = run.run(steps, ROOTS[operation.kind])
        actual = requested if operation.kind == "mutation" else min(requested, actual_cost(steps, data))
        if self.world.throttle:
            self.bucket.give_back(requested - actual)
        extensions: dict[str, Any] = {"cost": self._cost(requested, actual)}
        if context.warnings:
            extensions["search"] = context.warnings
        return {"data": data, **({"errors": run.errors} if run.errors else {}), "extensions": extensions}

    def stormy(self, _seconds: float, _now: float) -> Response:
        """THROTTLED as if another app of the shop had used up all points, which come back at their usual rate."""
        status = {**self.bucket.status(), "currentlyAvailable": 0}
        cost = {"requestedQueryCost": 50, "actualQueryCost": None, "throttleStatus": status}
        return json_response(200, _throttled(cost))

    def _context(self, version: str) -> Context:
        scopes, at = frozenset(self.setup.scopes), int(self.world.clock().timestamp())
        return Context(self.front, at, scopes, self.setup, version, self.bulk, self.world)

    def _cost(self, requested: int, actual: int | None) -> dict[str, Any]:
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": self.bucket.status(),
        }


def _throttled(cost: dict[str, Any]) -> dict[str, Any]:
    errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": _LIMITS}}]
    return {"errors": errors, "extensions": {"cost": cost}}


def _body(request: Request) -> tuple[str, dict[str, Any], str]:
    """Query, variables and the name of the operation; ValueError for what is no GraphQL request."""
    text = request.body.decode()
    if request.headers.get("content-type", "").startswith("application/graphql"):
        return text, {}, ""
    body = json.loads(text)
    variables = body.get("variables") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(variables or {}, dict) or not isinstance(body.get("query"), str):
        raise ValueError("not a GraphQL request")
    return body["query"], variables or {}, str(body.get("operationName") or "")


def _chosen(document: Document, name: str) -> Operation:
    found = [operation for operation in document.operations if name in {"", operation.name}]
    if len(found) != 1:
        message = f'No operation named "{name}"' if name else "An operation name is required"
        raise RefusedError({"message": message})
    return found[0]
