"""Which shop an account reads: its one host, the addresses on it, its time zone and currency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from kpiterm.plugins import Marketplace, SettingError
from kpiterm.plugins.hosts import hosts_of

API_VERSION = "2026-10"
CHANNEL = "shopify"
DEFAULT_TIMEZONE, DEFAULT_CURRENCY = "America/Los_Angeles", "USD"
# The results of bulk operations lie on Google Cloud Storage, under presigned addresses.
BULK_HOST = "storage.googleapis.com"
OWN_HOST = "{shop}.myshopify.com"
HOSTS = (OWN_HOST, BULK_HOST)


def host(settings: Mapping[str, str]) -> str:
    """The shop's permanent name, `my-shop.myshopify.com`; SettingError where the setting is anything else."""
    return hosts_of((OWN_HOST,), settings)[0]


def graphql_url(settings: Mapping[str, str]) -> str:
    """Where every question goes."""
    return f"https://{host(settings)}/admin/api/{API_VERSION}/graphql.json"


def token_url(settings: Mapping[str, str]) -> str:
    """Where access tokens come from."""
    return f"https://{host(settings)}/admin/oauth/access_token"


def marketplace(settings: Mapping[str, str]) -> Marketplace:
    """The channel `shopify` in the shop's own time zone and currency; SettingError where these are none."""
    host(settings)
    zone = settings.get("timezone") or DEFAULT_TIMEZONE
    currency = settings.get("currency") or DEFAULT_CURRENCY
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise SettingError(
            f"timezone {zone!r} is not known", hint="write an IANA name such as America/New_York"
        ) from None
    if not re.fullmatch("[A-Z]{3}", currency):
        raise SettingError(f"currency {currency!r} is no ISO 4217 code", hint="write it like USD")
    return Marketplace(channel=CHANNEL, timezone=zone, currency=currency)
