"""Login with Amazon: one application for the Selling Partner API, another one with its own consent for Amazon Ads."""

from __future__ import annotations

import httpx

from kpiterm.plugins import Context
from kpiterm.plugins.auth import ByHost, OAuth2Refresh
from kpiterm_amazon.places import ADS_HOSTS, SELLING_HOSTS, TOKEN_URL

ADS_FIELDS = ("ads_client_id", "ads_client_secret", "ads_refresh_token")


def auth(ctx: Context) -> httpx.Auth:
    """Credentials by host, so that a presigned document is fetched with none."""
    selling = OAuth2Refresh(
        TOKEN_URL,
        client_id=ctx.settings["client_id"],
        client_secret=ctx.secrets["client_secret"],
        refresh_token=ctx.secrets["refresh_token"],
        header="x-amz-access-token",
        prefix="",
        save_secret=ctx.save_secret,
    )
    by_host: dict[str, httpx.Auth] = dict.fromkeys(SELLING_HOSTS.values(), selling)
    if has_ads(ctx):
        by_host |= dict.fromkeys(ADS_HOSTS.values(), _advertising(ctx))
    return ByHost(by_host)


def has_ads(ctx: Context) -> bool:
    """Whether the account has all that Amazon Ads needs."""
    return all(ctx.settings.get(field) or ctx.secrets.get(field) for field in ADS_FIELDS)


def _advertising(ctx: Context) -> httpx.Auth:
    client_id = ctx.settings["ads_client_id"]
    return OAuth2Refresh(
        TOKEN_URL,
        client_id=client_id,
        client_secret=ctx.secrets["ads_client_secret"],
        refresh_token=ctx.secrets["ads_refresh_token"],
        headers={"Amazon-Advertising-API-ClientId": client_id},
        save_secret=ctx.save_secret,
        secret_name="ads_refresh_token",  # noqa: S106 -- the name of a secret, not its value
    )
