"""Expiring access tokens: each renewal also replaces the refresh token, so no two processes may use the same one.

The pair is renewed under a lock that all processes of this user share. The new refresh token is in the keyring before
the new access token is used; until then Shopify still takes the previous one, so that a lost answer costs nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import httpx
import msgspec

from kpiterm.plugins import AuthError, Context, DataError, SettingError, TransientError
from kpiterm.plugins import auth as oauth
from kpiterm_shopify import shop

_EARLY = 300.0
_PATIENCE = 120.0
_REMEMBERED = "access token expires"
_KEPT = 16


class _Pair(msgspec.Struct):
    access_token: str
    expires_in: float
    refresh_token: str
    refresh_token_expires_in: float | None = None


class _Refusal(msgspec.Struct):
    error: str = ""
    error_description: str = ""


class RotatingPair(httpx.Auth):
    """Signs with the stored access token while its recorded expiry is five minutes away, else with a renewed one.

    A token without a recorded expiry is not trusted. A request that is answered 401 leads to one renewal.
    """

    requires_response_body = True

    def __init__(self, ctx: Context, *, header: str) -> None:
        self._ctx, self._header = ctx, header
        self._started = oauth.now()
        self._refresh = ctx.secrets["refresh_token"]
        self._access = ctx.secrets.get("access_token", "")
        self._expires = _recorded(ctx, self._access)
        self._lock = threading.Lock()

    def auth_flow(self, request: httpx.Request) -> oauth.Flow:
        token = yield from self._current()
        response = yield self._signed(request, token)
        if response.status_code == 401:
            token = yield from self._current(refused=token)
            yield self._signed(request, token)

    def _signed(self, request: httpx.Request, token: str) -> httpx.Request:
        request.headers[self._header] = token
        return request

    def _now(self) -> float:
        return self._ctx.now.timestamp() + oauth.now() - self._started

    def _current(self, refused: str | None = None) -> Generator[httpx.Request, httpx.Response, str]:
        with self._lock:
            if not self._access or self._access == refused or self._now() >= self._expires - _EARLY:
                with _alone(self._ctx) as spent:
                    _refuse_spent(spent, self._refresh)
                    self._accept((yield self._renewal()), spent)
            return self._access

    def _renewal(self) -> httpx.Request:
        form = {
            "client_id": self._ctx.settings["client_id"],
            "client_secret": self._ctx.secrets["client_secret"],
            "grant_type": "refresh_token",
            "refresh_token": self._refresh,
        }
        # Sent again after a fault: Shopify takes this refresh token until the pair that replaced it is used.
        extensions = {"idempotent": True}
        headers = {"Accept": "application/json"}
        url = shop.token_url(self._ctx.settings)
        return httpx.Request("POST", url, headers=headers, data=form, extensions=extensions)

    def _accept(self, response: httpx.Response, spent: IO[str]) -> None:
        pair = _decode(response)
        previous = self._refresh
        if pair.refresh_token != previous:
            self._ctx.save_secret("refresh_token", pair.refresh_token)
            _add_spent(spent, previous)
        self._ctx.save_secret("access_token", pair.access_token)
        self._refresh, self._access = pair.refresh_token, pair.access_token
        self._expires = self._now() + pair.expires_in
        ends = None if pair.refresh_token_expires_in is None else self._now() + pair.refresh_token_expires_in
        note = {"token": _fingerprint(self._access), "expires": self._expires, "refresh_expires": ends}
        self._ctx.remember(_REMEMBERED, json.dumps(note))


def refresh_expires(ctx: Context) -> datetime | None:
    """When the refresh token ends unless it is used before, as the last renewal said; None where it said nothing."""
    try:
        ends = json.loads(ctx.recall(_REMEMBERED) or "{}").get("refresh_expires")
        return datetime.fromtimestamp(ends, UTC) if ends else None
    except (ValueError, TypeError, AttributeError):
        return None


def _recorded(ctx: Context, token: str) -> float:
    """When `token` expires, as an earlier run wrote down; 0 where nothing is known of it."""
    try:
        note = json.loads(ctx.recall(_REMEMBERED) or "{}")
        return float(note["expires"]) if note.get("token") == _fingerprint(token) else 0.0
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0.0


def _decode(response: httpx.Response) -> _Pair:
    host, status = response.url.host, response.status_code
    if status == 200:
        try:
            return msgspec.json.decode(response.content, type=_Pair)
        except msgspec.DecodeError as error:
            raise DataError(
                f"token endpoint {host} answered without a new pair of tokens: {error}",
                hint="sync again; if it stays so, authorise the app anew with expiring tokens",
            ) from None
    if status >= 500 or status == 429:
        raise TransientError(f"token endpoint {host}: HTTP {status}", hint="the next sync tries again")
    said = _refusal(response.content)
    raise AuthError(
        f"token endpoint {host}: HTTP {status} {said.error} {said.error_description}".rstrip(),
        hint="the refresh token is used up, revoked or older than 90 days: authorise the app again, then enter the "
        "new tokens with `kpiterm account add`",
    )


def _refusal(body: bytes) -> _Refusal:
    try:
        return msgspec.json.decode(body, type=_Refusal)
    except msgspec.DecodeError:
        return _Refusal()


@contextmanager
def _alone(ctx: Context) -> Iterator[IO[str]]:
    """The file of used-up refresh tokens (their hashes) of this app and shop, locked against all other processes."""
    key = _fingerprint(f"{shop.host(ctx.settings)}\n{ctx.settings['client_id']}")
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    with os.fdopen(os.open(_directory() / f"shopify-{key}", flags, 0o600), "r+") as file:
        waited = 0.0
        while not _locked(file):
            if waited >= _PATIENCE:
                raise TransientError(
                    "another kpiterm process has been renewing this shop's access token for two minutes",
                    hint="the next sync tries again",
                )
            ctx.sleep(0.5)
            waited += 0.5
        yield file


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _directory() -> Path:
    """A directory of this user alone, which all processes of theirs find."""
    path = Path(tempfile.gettempdir()) / f"kpiterm-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077 or path.is_symlink():
        raise SettingError(f"{path} is not private to this user", hint="remove it, then sync again")
    return path


def _refuse_spent(file: IO[str], token: str) -> None:
    file.seek(0)
    if _fingerprint(token) in file.read().split():
        raise TransientError(
            "another kpiterm process has renewed this shop's access token meanwhile",
            hint="the next sync uses the new token; if it says the same, enter the tokens again: `kpiterm account add`",
        )


def _add_spent(file: IO[str], token: str) -> None:
    file.seek(0)
    kept = [*file.read().split(), _fingerprint(token)][-_KEPT:]
    file.seek(0)
    file.truncate()
    file.write("\n".join(kept) + "\n")
    file.flush()


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
