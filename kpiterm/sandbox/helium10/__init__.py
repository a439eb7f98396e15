"""Helium 10's side of the sandbox: its MCP server, and the API of Market Tracker 360."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpiterm.sandbox.helium10.ads import ads_tools
from kpiterm.sandbox.helium10.identity import identity_of
from kpiterm.sandbox.helium10.markets import HOST as MARKETS_HOST
from kpiterm.sandbox.helium10.markets import Markets, too_many_attempts
from kpiterm.sandbox.helium10.mcp import HOST as MCP_HOST
from kpiterm.sandbox.helium10.mcp import McpServer, rate_limited
from kpiterm.sandbox.helium10.seller import store_tools
from kpiterm.sandbox.vendor import Vendor

if TYPE_CHECKING:
    from kpiterm.sandbox.vendor import World

__all__ = ["MARKETS_HOST", "MCP_HOST", "build"]


def build(world: World, calls: list[str] | None = None) -> Vendor:
    """The demo seller, who has connected the Amazon store to Helium 10. `calls` collects the tools that are called."""
    identity = identity_of(world.shop)
    tools = (*store_tools(world, identity), *ads_tools(world, identity))
    return Vendor(
        accounts=(identity.account(),),
        hosts={
            MCP_HOST: McpServer(world, identity, tools, [] if calls is None else calls).answer,
            MARKETS_HOST: Markets(world, identity).answer,
        },
        storms={
            MCP_HOST: lambda seconds, _now: rate_limited(seconds),
            MARKETS_HOST: lambda seconds, _now: too_many_attempts(seconds),
        },
    )
