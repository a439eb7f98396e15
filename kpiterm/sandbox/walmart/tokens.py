"""The Marketplace's token endpoint: fifteen-minute tokens for client credentials, and what a token may do."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from kpiterm.sandbox.walmart.errors import gateway, listed
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.identity import Identity

LIFETIME = 900
_SCOPES = (
    *((name, "view_only") for name in ("reports", "item", "price", "orders", "returns", "inventory", "content")),
    *((name, "no_access") for name in ("shipping", "lagtime", "feeds", "rules")),
)


class Tokens:
    """Gives out access tokens and knows until when each is good."""

    def __init__(self, identity: Identity, world: World) -> None:
        self._world, self._clock, self._lifetime = world, world.clock, min(world.token_seconds, LIFETIME)
        pair = f"{identity.client_id}:{identity.client_secret}".encode()
        self._basic = f"Basic {base64.b64encode(pair).decode()}"
        self._issued: dict[str, float] = {}

    def valid(self, token: str) -> bool:
        """False for a token that was never given out, and for one that is past its time."""
        until = self._issued.get(token, 0.0)
        if until and self._world.ends_early(until - self._lifetime, "walmart"):
            del self._issued[token]
            return False
        return self._clock.time() < until

    def answer(self, request: Request) -> Response:
        """`POST /v3/token`: XML unless JSON is asked for."""
        if request.method != "POST":
            return gateway(405, "METHOD_NOT_ALLOWED.GMP_GATEWAY_API", "Method not allowed")
        form = {k: v[0] for k, v in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials":
            detail = "grant_type must be client_credentials for a seller's own keys"
            return listed(400, "INVALID_REQUEST_CONTENT.GMP_GATEWAY_API", detail, field="grant_type")
        if not secrets.compare_digest(request.headers.get("authorization", "").encode(), self._basic.encode()):
            return gateway(401, "UNAUTHORIZED.GMP_GATEWAY_API", "Unauthorized", "Client id or secret is wrong.")
        token = f"eyJraWQi{secrets.token_urlsafe(600)}"
        self._issued[token] = self._clock.time() + self._lifetime
        return self._granted(token, as_json="json" in request.headers.get("accept", ""))

    def _granted(self, token: str, *, as_json: bool) -> Response:
        if as_json:
            body = {"access_token": token, "token_type": "Bearer", "expires_in": self._lifetime}
            return json_response(200, body, {"Cache-Control": "no-store"})
        text = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><OAuthTokenDTO>'
            f"<accessToken>{token}</accessToken><tokenType>Bearer</tokenType><expiresIn>{self._lifetime}</expiresIn>"
            "</OAuthTokenDTO>"
        )
        return Response(200, text.encode(), "application/xml", {"Cache-Control": "no-store"})

    def detail(self, request: Request, _: dict[str, str]) -> Response:
        """`GET /v3/token/detail` of the token that it is called with."""
        until = self._issued[request.headers["wm_sec.access_token"]]
        body = {
            "is_valid": True,
            "issued_at": str(int((until - self._lifetime) * 1000)),
            "expire_at": str(int(until * 1000)),
            "is_channel_match": True,
            "scopes": dict(_SCOPES),
        }
        return json_response(200, body)
