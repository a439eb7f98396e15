"""Sellers API v1: the marketplaces in which the seller takes part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpiterm.sandbox.amazon.api import Route
from kpiterm.sandbox.shop import CURRENCY, MARKETPLACE_ID
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.amazon.identity import Identity


def seller_routes(identity: Identity) -> list[Route]:
    """getMarketplaceParticipations."""

    def participations(_: Request, __: dict[str, str]) -> Response:
        marketplace = {
            "id": MARKETPLACE_ID,
            "name": "Amazon.com",
            "countryCode": "US",
            "defaultCurrencyCode": CURRENCY,
            "defaultLanguageCode": "en_US",
            "domainName": "www.amazon.com",
        }
        participation = {"isParticipating": True, "hasSuspendedListings": False}
        entry = {"marketplace": marketplace, "participation": participation, "storeName": identity.store_name}
        return json_response(200, {"payload": [entry]})

    return [Route("GET", "/sellers/v1/marketplaceParticipations", "getMarketplaceParticipations", participations)]
