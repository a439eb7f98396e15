"""Walmart's side of the sandbox: the Marketplace, its report downloads, and Walmart Connect's Sponsored Search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpiterm.sandbox.vendor import Vendor
from kpiterm.sandbox.walmart.ads import Ads
from kpiterm.sandbox.walmart.ads_api import ADS_HOSTS, AdsApi, over_hourly_quota
from kpiterm.sandbox.walmart.api import HOSTS, MarketplaceApi
from kpiterm.sandbox.walmart.business import WalmartShop
from kpiterm.sandbox.walmart.errors import OUTAGES
from kpiterm.sandbox.walmart.identity import identity_of
from kpiterm.sandbox.walmart.inbound import Inbound
from kpiterm.sandbox.walmart.insights import Insights
from kpiterm.sandbox.walmart.inventory import Inventory
from kpiterm.sandbox.walmart.listings import Listings
from kpiterm.sandbox.walmart.orders import Orders
from kpiterm.sandbox.walmart.payments import Payments
from kpiterm.sandbox.walmart.people import CANARIES
from kpiterm.sandbox.walmart.quotas import NO_LIMIT, refusal
from kpiterm.sandbox.walmart.reports import Reports
from kpiterm.sandbox.walmart.returns import Returns
from kpiterm.sandbox.walmart.storage import REPORT_HOST, Storage
from kpiterm.sandbox.walmart.tokens import Tokens
from kpiterm.sandbox.walmart.wfs import Wfs

if TYPE_CHECKING:
    from kpiterm.sandbox.vendor import World

__all__ = ["CANARIES", "WalmartShop", "build"]


def build(world: World) -> Vendor:
    """The demo seller on Walmart US, who is an advertiser too."""
    shop = WalmartShop(world.shop)
    identity, storage = identity_of(shop.seed), Storage(world.clock)
    tokens = Tokens(identity, world)
    routes = [
        *Orders(world, shop, identity).routes(),
        *Returns(world, shop, identity).routes(),
        *Inventory(world, shop).routes(),
        *Wfs(world, shop).routes(),
        *Inbound(world, shop).routes(),
        *Listings(world, shop).routes(),
        *Insights(world, shop, identity).routes(),
        *Reports(world, shop, storage).routes(),
        *Payments(world, shop, identity).routes(),
    ]
    marketplace = MarketplaceApi(world, identity, tokens, routes).answer
    connect = AdsApi(world, identity, Ads(world, shop, identity).routes()).answer
    return Vendor(
        accounts=(identity.account(),),
        hosts={**dict.fromkeys(HOSTS, marketplace), **dict.fromkeys(ADS_HOSTS, connect), REPORT_HOST: storage.answer},
        outages=OUTAGES if world.throttle else {kind: replace(r, headers=NO_LIMIT) for kind, r in OUTAGES.items()},
        storms={
            **dict.fromkeys(HOSTS, lambda seconds, now: refusal("ms", seconds, now)),
            **dict.fromkeys(ADS_HOSTS, lambda _seconds, _now: over_hourly_quota()),
        },
    )
