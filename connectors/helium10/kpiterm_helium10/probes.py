"""What `kpiterm account test` asks: which of the tools that the streams use this account's plan offers."""

from __future__ import annotations

from collections.abc import Iterator

from kpiterm.plugins import Context, PluginError, Probe
from kpiterm_helium10.mcp import session
from kpiterm_helium10.places import WALMART, code
from kpiterm_helium10.places import listed as setting
from kpiterm_helium10.tools import ADS_QUERY, INVENTORY, PRODUCT_PROFIT, PROFIT_SERIES, RANK_HISTORY, twin


def test(ctx: Context) -> Iterator[Probe]:
    """Sign in, then each stream's tool by name, then what Market Tracker needs."""
    if ctx.secrets.get("token"):
        yield from _tools(ctx)
    else:
        yield Probe("sign in", True, "no token: only Market Tracker and exported files are read")
    yield _markets(ctx)


def _tools(ctx: Context) -> Iterator[Probe]:
    mcp = session(ctx)
    try:
        mcp.open()
    except PluginError as error:
        yield Probe("sign in", False, f"{error.message}. {error.hint}".rstrip(". "))
        return
    yield Probe("sign in", True, f"token accepted, {len(mcp.tools)} tools offered")
    walmart = code(ctx.settings) == WALMART
    wanted = {
        "profits": twin(PROFIT_SERIES, walmart=walmart),
        "profits-products": twin(PRODUCT_PROFIT, walmart=walmart),
        "inventory": twin(INVENTORY, walmart=walmart),
    } | ({} if walmart else {"ranks": RANK_HISTORY})
    if ctx.settings.get("ads_profile_id"):
        wanted["ads"] = ADS_QUERY
    for stream, tool in wanted.items():
        missing = f"{tool} is not among the account's tools: connect the store at Helium 10, or change plan"
        yield Probe(stream, tool in mcp.tools, tool if tool in mcp.tools else missing)


def _markets(ctx: Context) -> Probe:
    if not ctx.secrets.get("market_tracker_key"):
        return Probe("markets", True, "not set up: no market_tracker_key")
    count = len(setting(ctx.settings, "market_ids"))
    detail = f"{count} markets" if count else "set market_ids to the numbers in the addresses of your markets"
    return Probe("markets", bool(count), detail)
