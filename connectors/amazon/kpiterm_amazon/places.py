"""Amazon's marketplaces: their ids, the channel their rows carry, and the hosts that answer for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpiterm.plugins import Marketplace, SettingError
from kpiterm.plugins.marketplaces import MARKETPLACES

_ROWS = """
US  ATVPDKIKX0DER   amazon.com     na
CA  A2EUQ1WTGCTBG2  amazon.ca      na
MX  A1AM78C64UM0Y8  amazon.com.mx  na
BR  A2Q3Y263D00KWC  amazon.com.br  na
UK  A1F83G8C2ARO7P  amazon.co.uk   eu
IE  A28R8C7NBKEWEA  amazon.ie      eu
DE  A1PA6795UKMFR9  amazon.de      eu
FR  A13V1IB3VIYZZH  amazon.fr      eu
IT  APJ6JRA9NG5V4   amazon.it      eu
ES  A1RKKUPIHCS9HS  amazon.es      eu
NL  A1805IZSGTT6HS  amazon.nl      eu
BE  AMEN7PMS3EDWL   amazon.com.be  eu
SE  A2NODRKZP88ZB9  amazon.se      eu
PL  A1C3SOZRARQ6R3  amazon.pl      eu
TR  A33AVAJ2PDY3EV  amazon.com.tr  eu
AE  A2VIGQ35RCS4UG  amazon.ae      eu
SA  A17E79C6D8DWNP  amazon.sa      eu
EG  ARBP9OOSHTCHU   amazon.eg      eu
ZA  AE08WJ6YKNBMC   amazon.co.za   eu
IN  A21TJRUUN4KGV   amazon.in      eu
JP  A1VC38T7YXB528  amazon.co.jp   fe
AU  A39IBJ37TRP1C6  amazon.com.au  fe
SG  A19VAU5U5O7RUS  amazon.sg      fe
"""
DEFAULT = "US"
TOKEN_URL = "https://api.amazon.com/auth/o2/token"  # noqa: S105 -- an address
SELLING_HOSTS = {region: f"sellingpartnerapi-{region}.amazon.com" for region in ("na", "eu", "fe")}
ADS_HOSTS = {
    "na": "advertising-api.amazon.com",
    "eu": "advertising-api-eu.amazon.com",
    "fe": "advertising-api-fe.amazon.com",
}
# Report documents are presigned addresses on S3, whose buckets are named in the old style and in the new one.
DOCUMENT_HOSTS: tuple[str, ...] = (
    "*.s3.amazonaws.com",
    "*.s3-external-1.amazonaws.com",
    *(f"*.s3{dot}{zone}.amazonaws.com" for zone in ("us-east-1", "eu-west-1", "us-west-2") for dot in "-."),
)
HOSTS = ("api.amazon.com", *SELLING_HOSTS.values(), *ADS_HOSTS.values(), *DOCUMENT_HOSTS)


@dataclass(frozen=True, slots=True)
class Place:
    """One marketplace by its country code."""

    code: str
    marketplace_id: str
    channel: str
    region: str

    def selling(self, path: str) -> str:
        """The address of a Selling Partner API path."""
        return f"https://{SELLING_HOSTS[self.region]}{path}"

    def advertising(self, path: str) -> str:
        """The address of an Ads API path."""
        return f"https://{ADS_HOSTS[self.region]}{path}"


PLACES = {(row := line.split())[0]: Place(*row) for line in _ROWS.split("\n") if line}


def place(settings: Mapping[str, str]) -> Place:
    """The marketplace that the account names; SettingError lists the codes where it is none of them."""
    code = (settings.get("marketplace") or DEFAULT).upper()
    found = PLACES.get(code)
    if found is None:
        raise SettingError(f"marketplace {code!r} is not known", hint=f"one of {', '.join(PLACES)}")
    return found


def marketplace(settings: Mapping[str, str]) -> Marketplace:
    """Channel, time zone and currency of the account."""
    return MARKETPLACES[place(settings).channel]
