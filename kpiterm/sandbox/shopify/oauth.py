"""The shop's token endpoint for the three kinds of credential, and the check of the tokens that it gave out."""

from __future__ import annotations

import json
import secrets
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from kpiterm.sandbox.wire import Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.shopify.context import Setup
    from kpiterm.sandbox.shopify.identity import Identity
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.wire import Request

PATH = "/admin/oauth/access_token"
_DAY_LONG, _HOUR_LONG = 86_399, 3_600
_REFRESH_SECONDS = 7_776_000
_DESCRIPTIONS = {
    "invalid_request": "The request is missing a required parameter or is otherwise malformed.",
    "invalid_client": "Client authentication failed.",
    "invalid_grant": "The refresh token is invalid, has expired or was used already.",
    "unsupported_grant_type": "The authorization grant type is not supported.",
    "application_cannot_be_found": "Could not find Shopify API application with this api_key.",
    "shop_not_permitted": "Oauth error shop_not_permitted: Client credentials cannot be performed on this shop.",
}


class Tokens:
    """Gives out access tokens and knows until when each is good.

    A refresh gives a new pair. The refresh token that was used stays good until the new one is used.
    """

    def __init__(self, identity: Identity, setup: Setup, world: World) -> None:
        self._identity, self._setup, self._world, self._clock = identity, setup, world, world.clock
        self._lifetime = world.token_seconds
        self._issued: dict[str, tuple[float, float]] = {}  # by token, from when until when it is good
        # Each refresh token with the moment at which it ends; the one that it replaced still works beside it.
        self._refresh = {identity.refresh_token: world.clock.time() + _REFRESH_SECONDS}
        self._replaced_by: dict[str, list[str]] = {}
        self._lock = Lock()

    def good(self, token: str) -> bool:
        """Whether a request with this token is let in."""
        if token == self._identity.access_token:
            return "static" in self._setup.grants
        issued, until = self._issued.get(token, (0.0, 0.0))
        if until and self._world.ends_early(issued, "shopify"):
            del self._issued[token]
            return False
        return self._clock.time() < until

    def answer(self, request: Request) -> Response:
        """`POST /admin/oauth/access_token`, JSON or form."""
        if request.method != "POST":
            return json_response(404, {"errors": "Not Found"})
        form = _form(request)
        if form.get("client_id") != self._identity.client_id:
            return _refuse(400, "application_cannot_be_found" if form.get("client_id") else "invalid_request")
        if form.get("client_secret") != self._identity.client_secret:
            return _refuse(401, "invalid_client")
        grant = form.get("grant_type", "")
        if grant == "client_credentials":
            allowed = self._setup.same_organization
            return self._granted(_DAY_LONG) if allowed else _refuse(400, "shop_not_permitted")
        if grant == "refresh_token":
            return self._refreshed(form.get("refresh_token", ""))
        return _refuse(400, "unsupported_grant_type" if grant else "invalid_request")

    def _refreshed(self, used: str) -> Response:
        with self._lock:
            if self._clock.time() >= self._refresh.get(used, 0.0):
                return _refuse(400, "invalid_grant")
            for older, newer in list(self._replaced_by.items()):
                if used in newer:
                    self._refresh.pop(older, None)
                    del self._replaced_by[older]
            new = f"shprt_{secrets.token_hex(20)}"
            self._refresh[new] = self._clock.time() + _REFRESH_SECONDS
            self._replaced_by.setdefault(used, []).append(new)
        return self._granted(_HOUR_LONG, {"refresh_token": new, "refresh_token_expires_in": _REFRESH_SECONDS})

    def _granted(self, longest: int, more: dict[str, object] | None = None) -> Response:
        # Tests that want tokens to end sooner than the vendor's say so through the sandbox's `token_seconds`.
        seconds = longest if self._lifetime >= _HOUR_LONG else self._lifetime
        token = f"shpat_{secrets.token_hex(16)}"
        now = self._clock.time()
        self._issued[token] = (now, now + seconds)
        body = {"access_token": token, "scope": ",".join(self._setup.scopes), "expires_in": seconds}
        return json_response(200, body | (more or {}), {"Cache-Control": "no-store"})


def _form(request: Request) -> dict[str, str]:
    text = request.body.decode("utf-8", "replace")
    if "json" in request.headers.get("content-type", ""):
        try:
            fields = json.loads(text)
        except ValueError:
            return {}
        return {k: str(v) for k, v in fields.items()} if isinstance(fields, dict) else {}
    return {name: values[0] for name, values in parse_qs(text).items()}


def _refuse(status: int, code: str) -> Response:
    return json_response(status, {"error": code, "error_description": _DESCRIPTIONS[code]})
