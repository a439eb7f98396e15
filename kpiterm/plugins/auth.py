"""Access tokens by OAuth 2: fetched when needed, shared by threads, renewed once when the vendor refuses one."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Literal

import httpx

from kpiterm.plugins import clock
from kpiterm.plugins.errors import AuthError, DataError, PluginError, RateLimited, TransientError
from kpiterm.plugins.limits import retry_after

Flow = Generator[httpx.Request, httpx.Response, None]
_EARLY = 60.0
_YOUNG = 5.0
"""Seconds within which a renewed token cannot have expired: refused too, it lacks a right."""
_REFUSED = {
    "invalid_grant": "the seller must authorise the application again; then enter the new refresh token with "
    "`kpiterm account add`",
    "invalid_client": "the client id or secret is wrong or has expired: enter them again with `kpiterm account add`",
    "unauthorized_client": "the vendor does not let this application do so: check its registration, then "
    "`kpiterm account add`",
    "invalid_scope": "the application lacks the scope: request it from the vendor, then `kpiterm account add`",
}


def now() -> float:
    """Seconds on a clock that nobody sets back."""
    return clock.monotonic()


@dataclass(frozen=True, slots=True)
class _Token:
    """`renewed` if it was fetched because the one before was refused."""

    value: str
    fetched: float
    expires: float
    renewed: bool = False

    @property
    def hopeless(self) -> bool:
        """Whether another one would be refused as well."""
        return self.renewed and now() - self.fetched <= _YOUNG


class OAuth2Refresh(httpx.Auth):
    """Signs requests with an access token of the grant `refresh_token`, or `client_credentials` where none is given.

    The token is written as `<prefix><token>` to `header`, with the fixed `headers` beside it. It is kept until a
    minute before it expires, fetched by one thread at a time, and renewed once if a request is answered 401 or 403
    (Amazon's answer to an expired token). A rotated refresh token goes to `save_secret(secret_name, value)` before
    the new access token is used. Raises AuthError, RateLimited, TransientError or DataError.
    """

    requires_response_body = True

    def __init__(
        self,
        token_url: str,
        *,
        client_id: str,
        client_secret: str,
        refresh_token: str | None = None,
        scope: str | None = None,
        header: str = "Authorization",
        prefix: str = "Bearer ",
        headers: Mapping[str, str] | None = None,
        client_in: Literal["body", "basic"] = "body",
        token_headers: Mapping[str, str] | None = None,
        save_secret: Callable[[str, str], None] | None = None,
        secret_name: str = "refresh_token",  # noqa: S107 - the name of a secret, not its value
        on_token: Callable[[str], None] | None = None,
    ) -> None:
        self._url, self._id, self._secret, self._refresh, self._scope = (
            token_url, client_id, client_secret, refresh_token, scope,
        )  # fmt: skip
        self._header, self._prefix, self._headers = header, prefix, dict(headers or {})
        self._client_in, self._token_headers = client_in, dict(token_headers or {})
        self._save_secret, self._secret_name = save_secret, secret_name
        self._on_token = on_token
        self._lock = threading.Lock()
        self._token: _Token | None = None

    def auth_flow(self, request: httpx.Request) -> Flow:
        token = yield from self._current()
        response = yield self._signed(request, token)
        if response.status_code in (401, 403) and not token.hopeless:
            token = yield from self._current(refused=token)
            yield self._signed(request, token)

    def _signed(self, request: httpx.Request, token: _Token) -> httpx.Request:
        request.headers.update(self._headers)
        request.headers[self._header] = f"{self._prefix}{token.value}"
        return request

    def _current(self, refused: _Token | None = None) -> Generator[httpx.Request, httpx.Response, _Token]:
        """The token to use; the lock spans the request, so that waiting threads find the answer of the first one."""
        with self._lock:
            token = self._token
            if token is None or token is refused or now() >= token.expires:
                renewed = token is not None and token is refused
                token = self._accept((yield self._token_request()), renewed=renewed)
            return token

    def _token_request(self) -> httpx.Request:
        grant = "refresh_token" if self._refresh else "client_credentials"
        form = {"grant_type": grant, "refresh_token": self._refresh, "scope": self._scope}
        headers = {"Accept": "application/json", **self._token_headers}
        if self._client_in == "basic":
            pair = base64.b64encode(f"{self._id}:{self._secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        else:
            form |= {"client_id": self._id, "client_secret": self._secret}
        # Asking twice gives a second token, or the same: no harm, where an answer was lost on the way.
        return httpx.Request(
            "POST",
            self._url,
            headers=headers,
            data={name: value for name, value in form.items() if value},
            extensions={"idempotent": True},
        )

    def _accept(self, response: httpx.Response, *, renewed: bool) -> _Token:
        answer = _object(response)
        if response.status_code != 200:
            raise _refusal(response, answer)
        value, lifetime = answer.get("access_token"), answer.get("expires_in", 3600)
        if not isinstance(value, str) or not value or not isinstance(lifetime, int | float | str):
            raise DataError(
                f"token endpoint {response.url.host} answered 200 without an access token",
                hint="run the sync again; if it stays so, the vendor has changed its token service",
            )
        self._announce(value)
        self._rotate(answer.get("refresh_token"))
        fetched = now()
        expires = fetched + max(0.0, _seconds(lifetime) - _EARLY)
        self._token = _Token(value, fetched=fetched, expires=expires, renewed=renewed)
        return self._token

    def _rotate(self, new: object) -> None:
        if self._refresh and isinstance(new, str) and new and new != self._refresh:
            self._refresh = new
            self._announce(new)
            if self._save_secret:
                self._save_secret(self._secret_name, new)

    def _announce(self, value: str) -> None:
        if self._on_token:
            self._on_token(value)


class ByHost(httpx.Auth):
    """Picks the auth by the request's host; a request to any other host goes out without credentials."""

    requires_response_body = True

    def __init__(self, by_host: Mapping[str, httpx.Auth]) -> None:
        self._by_host = {host.lower(): auth for host, auth in by_host.items()}

    def sync_auth_flow(self, request: httpx.Request) -> Flow:
        auth = self._by_host.get(request.url.host)
        if auth is None:
            yield request
        else:
            yield from auth.sync_auth_flow(request)


def _object(response: httpx.Response) -> dict[str, object]:
    try:
        answer = json.loads(response.content)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _seconds(lifetime: float | str) -> float:
    try:
        return float(lifetime)
    except ValueError:
        return 0.0


def _refusal(response: httpx.Response, answer: Mapping[str, object]) -> PluginError:
    """The error that a token endpoint's answer means."""
    status, code = response.status_code, str(answer.get("error") or "")
    says = " ".join(str(answer[key]) for key in ("error", "error_description") if answer.get(key))
    what = f"token endpoint {response.url.host}: HTTP {status} {says}".strip()[:400]
    if status == 429:
        seconds = retry_after(response.headers, now=clock.time())
        return RateLimited(what, hint="the next sync tries again", retry_after=seconds)
    if status >= 500:
        return TransientError(what, hint="the vendor's sign-in service is down: the next sync tries again")
    if status < 400:
        return DataError(what, hint="the token address is wrong: it answers with a page or a redirect, not a token")
    return AuthError(what, hint=_REFUSED.get(code, "check the account's credentials: `kpiterm account add`"))
