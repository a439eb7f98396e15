"""One header a host: the MCP server takes its token bare, Market Tracker 360 takes its key as a bearer."""

from __future__ import annotations

import httpx

from kpiterm.plugins import Context, SettingError
from kpiterm.plugins.auth import ByHost, Flow
from kpiterm_helium10.places import MARKETS_HOST, MCP_HOST


class Header(httpx.Auth):
    """Writes a fixed Authorization header."""

    def __init__(self, value: str) -> None:
        self._value = value

    def auth_flow(self, request: httpx.Request) -> Flow:
        request.headers["Authorization"] = self._value
        yield request


def auth(ctx: Context) -> httpx.Auth:
    """The header of each host whose secret the account has. SettingError for a token that is no bare token."""
    by_host: dict[str, httpx.Auth] = {}
    if token := ctx.secrets.get("token"):
        if token.strip().casefold().startswith("bearer "):
            raise SettingError(
                "the secret 'token' begins with 'Bearer'",
                hint="Helium 10 takes the token bare (h10_mcp_…): enter it again without that word",
            )
        by_host[MCP_HOST] = Header(token.strip())
    if key := ctx.secrets.get("market_tracker_key"):
        by_host[MARKETS_HOST] = Header(f"Bearer {key.strip()}")
    return ByHost(by_host)
