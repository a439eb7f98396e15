"""The host, the marketplaces that Jungle Scout knows, and settings that hold several values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kpiterm.plugins import Marketplace, SettingError
from kpiterm.plugins.marketplaces import MARKETPLACES

HOST = "developer.junglescout.com"
DEFAULT = "us"
CHANNELS: Mapping[str, str] = {
    "us": "amazon.com", "uk": "amazon.co.uk", "ca": "amazon.ca", "de": "amazon.de", "fr": "amazon.fr",
    "in": "amazon.in", "it": "amazon.it", "es": "amazon.es", "mx": "amazon.com.mx", "jp": "amazon.co.jp",
}  # fmt: skip
_ASIN = re.compile(r"B[\dA-Z]{9}|\d{9}[\dX]")


def code(settings: Mapping[str, str]) -> str:
    """The account's marketplace in Jungle Scout's letters; SettingError for one that it does not know."""
    asked = (settings.get("marketplace") or DEFAULT).strip().lower()
    if asked not in CHANNELS:
        raise SettingError(
            f"Jungle Scout has no marketplace {asked!r}", hint=f"set marketplace to one of {', '.join(CHANNELS)}"
        )
    return asked


def marketplace(settings: Mapping[str, str]) -> Marketplace:
    return MARKETPLACES[CHANNELS[code(settings)]]


def asins(settings: Mapping[str, str]) -> list[str]:
    """The setting `asins`; SettingError names one that is no ASIN."""
    found = [value.strip().upper() for value in settings.get("asins", "").split(",") if value.strip()]
    if bad := [asin for asin in found if not _ASIN.fullmatch(asin)]:
        raise SettingError(f"asins holds {bad[0]!r}, which is no ASIN", hint="write ten letters and digits: B0EXAMPLE1")
    return found


def phrases(settings: Mapping[str, str], name: str) -> list[str]:
    """A setting that holds phrases, which may hold commas: separated by semicolons."""
    return [value for part in settings.get(name, "").split(";") if (value := " ".join(part.split()))]
