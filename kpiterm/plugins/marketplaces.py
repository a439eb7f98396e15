"""Time zones and currencies of marketplaces, by channel. A KPI's day is cut in the zone given here."""

from __future__ import annotations

from kpiterm.plugins.model import Marketplace

_ROWS = """
amazon.com      America/Los_Angeles  USD
amazon.ca       America/Los_Angeles  CAD
amazon.com.mx   America/Los_Angeles  MXN
amazon.com.br   America/Sao_Paulo    BRL
amazon.co.uk    Europe/London        GBP
amazon.ie       Europe/Dublin        EUR
amazon.de       Europe/Paris         EUR
amazon.fr       Europe/Paris         EUR
amazon.it       Europe/Paris         EUR
amazon.es       Europe/Paris         EUR
amazon.nl       Europe/Amsterdam     EUR
amazon.com.be   Europe/Brussels      EUR
amazon.se       Europe/Stockholm     SEK
amazon.pl       Europe/Warsaw        PLN
amazon.com.tr   Europe/Istanbul      TRY
amazon.ae       Asia/Dubai           AED
amazon.sa       Asia/Riyadh          SAR
amazon.eg       Africa/Cairo         EGP
amazon.co.za    Africa/Johannesburg  ZAR
amazon.in       Asia/Kolkata         INR
amazon.co.jp    Asia/Tokyo           JPY
amazon.com.au   Australia/Sydney     AUD
amazon.sg       Asia/Singapore       SGD
walmart.com     America/Los_Angeles  USD
walmart.ca      America/Toronto      CAD
walmart.com.mx  America/Mexico_City  MXN
"""

MARKETPLACES: dict[str, Marketplace] = {
    channel: Marketplace(channel=channel, timezone=zone, currency=currency)
    for channel, zone, currency in (line.split() for line in _ROWS.split("\n") if line)
}


def amazon_channel(currency: str | None) -> str | None:
    """The Amazon channel that alone sells in `currency`; None for the euro and for currencies of none."""
    found = [name for name, place in MARKETPLACES.items() if place.currency == currency and name.startswith("amazon.")]
    return found[0] if len(found) == 1 else None
