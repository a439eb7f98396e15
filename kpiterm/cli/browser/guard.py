"""Who may come in. Every request passes here: the page, its files, downloads and the websocket.

Without a token only this machine's browsers may, and only through pages of ours: another site's page could open a
websocket to loopback (its `Origin` tells), or point a name of its own at loopback (`Host` tells). With a token neither
gets far, for its cookie belongs to the address that the person opened.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from kpiterm.cli.browser.token import loopback

KNOCK = "/enter"
WEEK = 7 * 24 * 3600
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with none a form names no origin
    "Server": "kpiterm",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
FILES = {"Cache-Control": "private, max-age=86400"}
"""Half a megabyte of script, which need not cross a slow tunnel twice a day."""


def guard(token: str | None, ask: Callable[[web.Request, bool], web.Response]) -> Middleware:
    """Lets in what is allowed, and answers the rest: `ask(request, wrong)` is the form that asks for the token."""
    known = _cookie_of(token) if token else ""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        _same_site(request)
        if token is None:
            _by_a_name_of_loopback(request)
        elif (shown := await _shown(request)) is not None:
            return _welcome(request, known) if same(shown, token) else ask(request, True)
        elif not same(request.cookies.get(_cookie_name(request), ""), known):
            return ask(request, False)
        response = await handler(request)
        if not response.prepared:  # a websocket is over by now
            response.headers.update(HEADERS | (FILES if request.path.startswith("/static/") else {}))
        return response

    return check


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())


async def _shown(request: web.Request) -> str | None:
    """The token in the address or the form, if there is one."""
    if request.method == "POST" and request.path == KNOCK:
        try:
            return str((await request.post()).get("token", ""))
        except (ValueError, LookupError, AssertionError):  # no form at all, or in no encoding that there is
            return ""
    return request.query.get("token")


def _welcome(request: web.Request, known: str) -> web.Response:
    """A cookie, and the address without the token, which has no business in a history."""
    response = web.Response(status=303, headers=HEADERS | {"Location": "/"})
    secure = request.headers.get("X-Forwarded-Proto", request.scheme) == "https"
    # Not "Strict": the link with the token may be followed from a mail or chat on another site.
    response.set_cookie(_cookie_name(request), known, max_age=WEEK, httponly=True, samesite="Lax", secure=secure)
    return response


def _cookie_name(request: web.Request) -> str:
    """Cookies know no ports, and two workspaces may be served from one host."""
    return f"kpiterm-{request.get_extra_info('sockname')[1]}"


def _cookie_of(token: str) -> str:
    return hmac.new(token.encode(), b"kpiterm serve", hashlib.sha256).hexdigest()


def _same_site(request: web.Request) -> None:
    """Refuse what another site's page asks for. A browser always names the origin of a websocket."""
    origin = request.headers.get("Origin")
    if (origin is not None or request.path == "/ws") and _split(origin or "").netloc != request.host:
        raise web.HTTPForbidden(text="Another site's page may not do that: open this address itself.\n")


def _by_a_name_of_loopback(request: web.Request) -> None:
    if not loopback(_split(f"//{request.host}").hostname or ""):
        raise web.HTTPForbidden(text=f"Under {request.host!r} a token is needed: kpiterm serve --token\n")


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # it is none
        return urlsplit("")
