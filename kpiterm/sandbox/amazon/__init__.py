"""Amazon's side of the sandbox: Login with Amazon, the Selling Partner API, Ads and their presigned downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpiterm.sandbox.amazon.ads import AdsApi, too_many
from kpiterm.sandbox.amazon.api import SellingPartnerApi, over_quota
from kpiterm.sandbox.amazon.data_kiosk import DataKiosk
from kpiterm.sandbox.amazon.finances import Finances
from kpiterm.sandbox.amazon.identity import identity_of
from kpiterm.sandbox.amazon.inventory import Inventory
from kpiterm.sandbox.amazon.lwa import Tokens
from kpiterm.sandbox.amazon.orders import Orders
from kpiterm.sandbox.amazon.reports import Reports
from kpiterm.sandbox.amazon.sellers import seller_routes
from kpiterm.sandbox.amazon.storage import ADS_HOST, SP_HOST, Storage
from kpiterm.sandbox.vendor import Vendor

if TYPE_CHECKING:
    from kpiterm.sandbox.vendor import World


def build(world: World) -> Vendor:
    """The demo seller in the North American region."""
    identity, storage = identity_of(world.shop.seed), Storage(world.clock)
    tokens = Tokens(identity.apps, world)
    routes = [
        *Orders(world).routes(),
        *Reports(world, storage).routes(),
        *DataKiosk(world, storage).routes(),
        *Finances(world, identity).routes(),
        *Inventory(world).routes(),
        *seller_routes(identity),
    ]
    return Vendor(
        accounts=(identity.account(),),
        hosts={
            "api.amazon.com": tokens.answer,
            "sellingpartnerapi-na.amazon.com": SellingPartnerApi(world, identity, tokens, routes).answer,
            "advertising-api.amazon.com": AdsApi(world, identity, tokens, storage).answer,
            SP_HOST: storage.answer,
            ADS_HOST: storage.answer,
        },
        storms={
            "sellingpartnerapi-na.amazon.com": lambda _seconds, _now: over_quota(),
            "advertising-api.amazon.com": lambda seconds, _now: too_many(seconds),
        },
    )
