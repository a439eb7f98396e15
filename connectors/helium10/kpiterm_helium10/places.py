"""Hosts, and the marketplaces that Helium 10 knows: channel, currency and the one time zone of its days."""

from __future__ import annotations

from collections.abc import Mapping

from kpiterm.plugins import Marketplace, SettingError
from kpiterm.plugins.marketplaces import MARKETPLACES

MCP_HOST = "mcp.helium10.com"
MCP_URL = f"https://{MCP_HOST}/mcp"
MARKETS_HOST = "mt360.helium10.com"
DEFAULT = "US"
WALMART = "WALMART"
TIMEZONE = "America/Los_Angeles"
"""Helium 10 cuts its days in Pacific time for every marketplace, also for those of Europe and Japan."""

CHANNELS: Mapping[str, str] = {
    "US": "amazon.com", "CA": "amazon.ca", "MX": "amazon.com.mx", "UK": "amazon.co.uk", "DE": "amazon.de",
    "FR": "amazon.fr", "IT": "amazon.it", "ES": "amazon.es", "NL": "amazon.nl", "IN": "amazon.in",
    "JP": "amazon.co.jp", "AU": "amazon.com.au", "AE": "amazon.ae", "BR": "amazon.com.br", "SA": "amazon.sa",
    WALMART: "walmart.com",
}  # fmt: skip


def code(settings: Mapping[str, str]) -> str:
    """The account's marketplace in Helium 10's letters; SettingError for one that it does not know."""
    asked = (settings.get("marketplace") or DEFAULT).strip().upper()
    if asked not in CHANNELS:
        raise SettingError(
            f"Helium 10 has no marketplace {asked!r}", hint=f"set marketplace to one of {', '.join(CHANNELS)}"
        )
    return asked


def marketplace(settings: Mapping[str, str]) -> Marketplace:
    """Channel and currency of the account's marketplace, with Helium 10's own days."""
    place = MARKETPLACES[CHANNELS[code(settings)]]
    return Marketplace(channel=place.channel, timezone=TIMEZONE, currency=place.currency)


def listed(settings: Mapping[str, str], name: str) -> list[str]:
    """The values of a setting that takes several, separated by commas."""
    return [value for part in settings.get(name, "").split(",") if (value := part.strip())]
