"""Where Walmart's APIs live, and which marketplace an account sells on."""

from __future__ import annotations

from collections.abc import Mapping

from kpiterm.plugins import Marketplace
from kpiterm.plugins.marketplaces import MARKETPLACES

MARKETPLACE_HOST = "marketplace.walmartapis.com"
ADS_HOST = "developer.api.walmart.com"
ADS_PREFIX = "/api-proxy/service/WPA/Api/v1"
TOKEN = "/v3/token"  # noqa: S105 -- a path
# Reports are handed out by signed addresses, either on the marketplace's own host or on a cloud's storage.
STORAGE_HOSTS = ("*.blob.core.windows.net", "storage.googleapis.com", "*.storage.googleapis.com", "*.s3.amazonaws.com")
HOSTS = (MARKETPLACE_HOST, ADS_HOST, *STORAGE_HOSTS)


def marketplace(_settings: Mapping[str, str]) -> Marketplace:
    """The US marketplace: Canada, Mexico and Chile speak Walmart's Global APIs, which differ."""
    return MARKETPLACES["walmart.com"]


def url(path: str) -> str:
    """An address of the Marketplace APIs."""
    return f"https://{MARKETPLACE_HOST}{path}"


def ads_url(path: str) -> str:
    """An address of Sponsored Search; its paths repeat a version after the proxy's own."""
    return f"https://{ADS_HOST}{ADS_PREFIX}{path}"
