"""The web server behind `kpiterm serve`: textual-serve's, with a guard, pages of our own, and no process left."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, web
from textual_serve.server import Server, to_int

from kpiterm.cli.browser.cockpit import Cockpit, sane
from kpiterm.cli.browser.guard import HEADERS, KNOCK, guard
from kpiterm.i18n import N_, Translate

if TYPE_CHECKING:
    from jinja2 import Environment

WORDS = {
    "ended": N_("The program has ended, or the connection is lost."),
    "reopen": N_("Open it again"),
    "wrong": N_("That is not the token."),
    "token": N_("The token that kpiterm serve asks for"),
    "open": N_("Open"),
    "full": N_("As many pages are open as may be at once: close one, or start kpiterm serve with a larger --sessions."),
}
NO_MESSAGE = (LookupError, TypeError, ValueError, AttributeError, OverflowError)
"""What comes of a message that is none of the page's."""
POLICY = (
    "default-src 'none'; script-src 'nonce-{0}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is served: the program's command line, its title, who may come in and how many at once."""

    argv: Sequence[str]
    title: str
    token: str | None
    sessions: int
    tell: Translate


class BrowserServer(Server):
    """textual-serve's server, without its shell, its banner and the font that its page fetches from elsewhere."""

    def __init__(self, site: Site) -> None:
        super().__init__(site.argv[0], title=site.title)
        self._site = site
        self._open: set[web.WebSocketResponse] = set()

    async def application(self) -> web.Application:
        """Everything that is served, behind the guard."""
        app = await self._make_app()
        app.middlewares.append(guard(self._site.token, self._ask))
        return app

    async def on_startup(self, app: web.Application) -> None:
        """The command has told where it serves."""

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002 - aiohttp's signature
        """End the processes of all open pages."""
        pages = [page for page in self._open if page.prepared]
        await asyncio.gather(*(page.close(code=WSCloseCode.GOING_AWAY) for page in pages))

    async def handle_index(self, request: web.Request) -> web.Response:
        """The page with the terminal in it."""
        if self._full():
            return self._page("full.html.j2", status=503)
        size = min(max(to_int(request.query.get("fontsize", ""), 16), 6), 60)
        return self._page("index.html.j2", font_size=size)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A process of the program for as long as the page is open."""
        if self._full():
            raise web.HTTPServiceUnavailable(text=f"{self._site.sessions} pages are open already\n")
        page = web.WebSocketResponse(heartbeat=15, timeout=1.0)
        self._open.add(page)
        try:
            await page.prepare(request)
            await self._converse(page, request)
        finally:
            self._open.discard(page)
        return page

    async def _converse(self, page: web.WebSocketResponse, request: web.Request) -> None:
        cockpit = Cockpit(self._site.argv, self.download_manager, page.send_bytes, page.send_str, page.close)
        try:
            await cockpit.start(_cells(request, "width", 80), _cells(request, "height", 24))
            with contextlib.suppress(*NO_MESSAGE):
                await self._process_messages(page, cockpit)
        finally:
            await page.close()
            await cockpit.stop()

    def _full(self) -> bool:
        return len(self._open) >= self._site.sessions

    def _ask(self, request: web.Request, wrong: bool) -> web.Response:
        """The form that asks for the token, for whoever looks at a page; all else is refused in a word."""
        if request.path not in {"/", KNOCK}:
            raise web.HTTPUnauthorized(text="Open the address of kpiterm first: it asks for the token.\n")
        return self._page("token.html.j2", status=401, wrong=wrong, knock=KNOCK)

    def _page(self, name: str, *, status: int = 200, **data: object) -> web.Response:
        nonce, words = secrets.token_urlsafe(12), {key: self._site.tell(text) for key, text in WORDS.items()}
        text = templates().get_template(name).render(nonce=nonce, title=self._site.title, words=words, **data)
        headers = HEADERS | {"Content-Security-Policy": POLICY.format(nonce)}
        return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def _cells(request: web.Request, name: str, usual: int) -> int:
    return sane(to_int(request.query.get(name, ""), usual))


@cache
def templates() -> Environment:
    """The pages' texts, escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(loader=PackageLoader("kpiterm.cli.browser"), autoescape=True, undefined=StrictUndefined)


async def serve(site: Site, host: str, port: int, ready: Callable[[int], object]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` gets the port. OSError when the address cannot be had."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    # No log of requests: one of them holds the token.
    runner = web.AppRunner(await BrowserServer(site).application(), access_log=None, shutdown_timeout=20)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        ready(int(runner.addresses[0][1]))
        await stopped.wait()
    finally:
        await runner.cleanup()
