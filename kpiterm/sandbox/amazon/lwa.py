"""Login with Amazon: the token endpoint, and the check of the tokens that it gave out."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpiterm.sandbox.amazon.identity import App, Credentials
    from kpiterm.sandbox.vendor import World

_DESCRIPTIONS = {
    "invalid_request": "The request is missing a required parameter or otherwise malformed",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server",
    "invalid_client": "Client authentication failed",
    "invalid_grant": "The request has an invalid grant parameter : refresh_token",
    "invalid_scope": "The request has an invalid parameter : scope",
}


class Tokens:
    """Gives out access tokens and knows until when each is good."""

    def __init__(self, apps: Sequence[Credentials], world: World) -> None:
        self._apps = {c.client_id: c for c in apps}
        self._world, self._clock, self._lifetime = world, world.clock, world.token_seconds
        self._issued: dict[str, tuple[App, float]] = {}

    def state(self, token: str, app: App) -> str:
        """`ok`, `missing`, `expired` or `invalid` (unknown, or given to the other application)."""
        if not token:
            return "missing"
        owner, until = self._issued.get(token, ("", 0.0))
        if owner != app:
            return "invalid"
        if self._world.ends_early(until - self._lifetime, f"lwa {app}"):
            self._issued[token] = (owner, 0.0)
            return "expired"
        return "ok" if self._clock.time() < until else "expired"

    def answer(self, request: Request) -> Response:
        """`POST /auth/o2/token` with a form body."""
        if request.path != "/auth/o2/token":
            return _refuse(404, "invalid_request")
        if request.method != "POST":
            return _refuse(405, "invalid_request")
        form = {k: v[0] for k, v in parse_qs(request.body.decode("utf-8", "replace")).items()}
        grant = form.get("grant_type", "")
        if grant not in {"refresh_token", "client_credentials"}:
            return _refuse(400, "unsupported_grant_type" if grant else "invalid_request")
        app = self._apps.get(form.get("client_id", ""))
        if app is None or form.get("client_secret") != app.client_secret:
            return _refuse(401, "invalid_client")
        if grant == "client_credentials":
            return (
                self._grant(app, "")
                if form.get("scope", "").startswith("sellingpartnerapi::")
                else _refuse(400, "invalid_scope")
            )
        if form.get("refresh_token") != app.refresh_token:
            return _refuse(400, "invalid_grant")
        return self._grant(app, app.refresh_token)

    def _grant(self, app: Credentials, refresh_token: str) -> Response:
        token = f"Atza|{secrets.token_urlsafe(180)}"
        self._issued[token] = (app.app, self._clock.time() + self._lifetime)
        body = {"access_token": token, "token_type": "bearer", "expires_in": self._lifetime}
        if refresh_token:
            body["refresh_token"] = refresh_token
        return json_response(200, body, {"Cache-Control": "no-cache, no-store, must-revalidate"})


def _refuse(status: int, error: str) -> Response:
    return json_response(status, {"error": error, "error_description": _DESCRIPTIONS[error]})
