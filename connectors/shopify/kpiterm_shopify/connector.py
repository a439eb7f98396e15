"""The connector: its settings and secrets, the hosts it speaks to, its streams."""

from __future__ import annotations

from kpiterm.plugins import Connector, Rate, Secret, Setting
from kpiterm_shopify import access, disputes, inventory, orders, payments, products, refunds, returns, traffic
from kpiterm_shopify.auth import SIGN_INS, auth
from kpiterm_shopify.probes import test
from kpiterm_shopify.shop import DEFAULT_CURRENCY, DEFAULT_TIMEZONE, HOSTS, marketplace

SHOPIFY = Connector(
    name="shopify",
    title="Shopify",
    hosts=HOSTS,
    marketplace=marketplace,
    settings=(
        Setting(
            name="shop",
            help="permanent name of the shop, my-shop.myshopify.com, as Settings > Domains of the Shopify admin lists "
            "it; the shop's own domain does not answer the API",
            required=True,
        ),
        Setting(
            name="client_id",
            help="client id of the app, where a client secret is used: Dev Dashboard, the app, Settings",
        ),
        Setting(
            name="sign_in",
            help="which credentials to use, where several are there; auto takes the refresh token, else the access "
            "token, else the client secret",
            default=SIGN_INS[0],
            choices=SIGN_INS,
        ),
        Setting(name="timezone", help="the shop's time zone, which cuts its days", default=DEFAULT_TIMEZONE),
        Setting(name="currency", help="the shop's currency", default=DEFAULT_CURRENCY),
    ),
    secrets=(
        Secret(
            name="access_token",
            help="access token of the Admin API, shpat_… or shpua_…, of an app made in the Shopify admin",
            required=False,
        ),
        Secret(name="client_secret", help="client secret of the app, shpss_…: beside its client id", required=False),
        Secret(name="refresh_token", help="refresh token of an expiring access token, shprt_…", required=False),
    ),
    streams=(
        orders.STREAM,
        refunds.STREAM,
        returns.STREAM,
        inventory.STREAM,
        products.STREAM,
        payments.STREAM,
        disputes.STREAM,
        traffic.STREAM,
        access.STREAM,
    ),
    # Shopify counts points, which `admin` sees to; this only keeps many processes from asking all at once.
    rates=(Rate(operation="graphql", match="POST /admin/api/*/graphql.json", per_second=10, burst=20),),
    auth=auth,
    test=test,
)
