"""What `kpiterm account test` asks: the token's scopes by name, and whether Walmart Connect knows the partner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpiterm.plugins import AuthError, Context, PluginError, Probe
from kpiterm_walmart import inbound, restock
from kpiterm_walmart.auth import has_ads
from kpiterm_walmart.places import ads_url, url
from kpiterm_walmart.token import DETAIL, TokenDetail
from kpiterm_walmart.wire import NONE_FOUND, decode, first_page, part

LATEST = "/api/v2/latestReportDate"
# The scope that each stream needs, by the name that Walmart gives it.
SCOPES = {
    "orders": "orders",
    "returns": "returns",
    "inventory": "inventory",
    "wfs-inventory": "inventory",
    "items": "item",
    "recon": "reports",
    "traffic": "reports",
}
# Those for which Walmart names no scope, and what is asked to see whether they may be read.
CALLS: dict[str, tuple[str, Mapping[str, str], Mapping[str, str] | None]] = {
    "wfs-restock": (restock.RESTOCK, restock.ASKED, restock.MARKET),
    "wfs-inbound": (inbound.SHIPMENTS, {}, None),
}
ENOUGH = frozenset({"full_access", "view_only"})


def test(ctx: Context) -> Iterator[Probe]:
    """Sign in, each stream's scope or a call for it, then Walmart Connect; after refused keys nothing else is tried."""
    try:
        detail = decode(ctx.http.get(url(DETAIL), headers={"Content-Type": "application/json"}), TokenDetail)
    except AuthError as error:
        yield Probe("sign in", False, _say(error))
        return
    except PluginError as error:
        yield Probe("scopes", False, _say(error))
    else:
        yield from _scopes(detail)
    yield from (_call(ctx, stream) for stream in CALLS)
    yield _ads(ctx)


def _scopes(detail: TokenDetail) -> Iterator[Probe]:
    note = "" if detail.is_channel_match else "; the keys belong to another channel type"
    yield Probe("sign in", detail.is_valid, ("token accepted" if detail.is_valid else "token not valid") + note)
    for stream, scope in SCOPES.items():
        level = detail.scopes.get(scope)
        if level in ENOUGH:
            yield Probe(stream, True, f"scope {scope}: {level}")
        else:
            yield Probe(
                stream,
                False,
                f"scope {scope} missing ({level or 'not listed'}): Developer Portal, API keys, "
                f"delegate access to {scope} for this application",
            )
    # One look a minute is all that Walmart gives, and the first sync needs it.
    for stream in ("performance", "pro-seller"):
        yield Probe(stream, True, "Walmart names no scope for seller performance: the first sync shows it")


def _call(ctx: Context, stream: str) -> Probe:
    path, asked, headers = CALLS[stream]
    try:
        page = first_page(ctx, path, {**asked, **part(0, 1)}, headers)
    except PluginError as error:
        return Probe(stream, False, _say(error))
    none = page.status_code == NONE_FOUND
    return Probe(stream, True, "nothing there: no goods at Walmart Fulfillment Services" if none else "can be read")


def _ads(ctx: Context) -> Probe:
    if not has_ads(ctx.settings, ctx.secrets):
        return Probe("advertising", True, "not set up: the ads streams are skipped; exported files can be imported")
    try:
        ctx.http.get(ads_url(LATEST), params={"advertiserId": ctx.settings["ads_advertiser_id"]})
    except PluginError as error:
        return Probe("advertising", False, _say(error))
    return Probe("advertising", True, f"advertiser {ctx.settings['ads_advertiser_id']}")


def _say(error: PluginError) -> str:
    return f"{error.message}. {error.hint}".rstrip(". ")
