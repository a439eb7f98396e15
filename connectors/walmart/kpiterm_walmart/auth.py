"""Signing in: a 15-minute token for the Marketplace APIs, a signature on every request for Sponsored Search."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Mapping

import httpx

from kpiterm.plugins import AuthError, Context
from kpiterm.plugins.auth import ByHost, OAuth2Refresh
from kpiterm_walmart import ads_auth
from kpiterm_walmart.faults import said
from kpiterm_walmart.places import ADS_HOST, MARKETPLACE_HOST, TOKEN, url

SERVICE = {"WM_SVC.NAME": "Walmart Marketplace"}
CORRELATION_ID = "WM_QOS.CORRELATION_ID"
_REFUSED = (400, 401, 403)


class MarketplaceAuth(httpx.Auth):
    """Client credentials as `OAuth2Refresh` keeps and renews them, and a correlation id of its own on every request.

    The secret goes to the token address alone: the specification names Basic credentials on many other operations too,
    none of which needs them.
    """

    requires_response_body = True

    def __init__(self, client_id: str, client_secret: str) -> None:
        self._token = OAuth2Refresh(
            url(TOKEN),
            client_id=client_id,
            client_secret=client_secret,
            header="WM_SEC.ACCESS_TOKEN",
            prefix="",
            headers=SERVICE,
            client_in="basic",
            token_headers=SERVICE,
        )

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        flow = self._token.auth_flow(request)
        try:
            asked = next(flow)
            while True:
                asked.headers[CORRELATION_ID] = str(uuid.uuid4())
                response = yield asked
                _check_sign_in(asked, response)
                asked = flow.send(response)
        except StopIteration:
            return
        finally:
            flow.close()


def _check_sign_in(request: httpx.Request, response: httpx.Response) -> None:
    """Walmart refuses keys in a shape of its own rather than in that of OAuth."""
    if request.url.path == TOKEN and response.status_code in _REFUSED:
        raise AuthError(
            f"Walmart refused the API keys: HTTP {response.status_code} {said(response.content)}".rstrip(),
            hint="check client_id and client_secret (Developer Portal, production keys): `kpiterm account add`",
        )


def auth(ctx: Context) -> httpx.Auth:
    """Credentials by host, so that a signed address of a cloud's storage is fetched with none."""
    by_host: dict[str, httpx.Auth] = {
        MARKETPLACE_HOST: MarketplaceAuth(ctx.settings["client_id"], ctx.secrets["client_secret"])
    }
    if has_ads(ctx.settings, ctx.secrets):
        by_host[ADS_HOST] = ads_auth.SponsoredSearchAuth(
            consumer_id=ctx.settings["ads_consumer_id"],
            key_version=ctx.settings.get("ads_key_version") or ads_auth.KEY_VERSION,
            auth_token=ctx.secrets["ads_auth_token"],
            private_key=ctx.secrets["ads_private_key"],
        )
    return ByHost(by_host)


def has_ads(settings: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
    """Whether the account has all that Sponsored Search needs."""
    return all(settings.get(field) or secrets.get(field) for field in ads_auth.FIELDS)
