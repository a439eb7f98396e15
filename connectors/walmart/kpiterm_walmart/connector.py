"""The connector: its settings and secrets, the hosts it speaks to, its streams."""

from __future__ import annotations

from kpiterm.plugins import Connector, Secret, Setting
from kpiterm_walmart import (
    access,
    ads,
    inbound,
    incentives,
    inventory,
    items,
    orders,
    performance,
    recon,
    restock,
    returns,
    traffic,
    wfs,
)
from kpiterm_walmart.ads_auth import KEY_VERSION
from kpiterm_walmart.auth import auth
from kpiterm_walmart.places import HOSTS, marketplace
from kpiterm_walmart.probes import test
from kpiterm_walmart.rates import RATES

WALMART = Connector(
    name="walmart",
    title="Walmart",
    hosts=HOSTS,
    marketplace=marketplace,
    settings=(
        Setting(
            name="client_id",
            help="Client ID of the production API keys: Seller Center, API Key Management",
            required=True,
        ),
        Setting(
            name="refunds_from",
            help="which API counts refunds: returns (exact dates) or orders (the line's last status date)",
            default="returns",
            choices=("returns", "orders"),
        ),
        Setting(name="ads_advertiser_id", help="Walmart Connect advertiser id; ads need a partner's API keys"),
        Setting(name="ads_consumer_id", help="consumer id that Walmart Connect gave the partner"),
        Setting(name="ads_key_version", help="version of the partner's public key", default=KEY_VERSION),
    ),
    secrets=(
        Secret(name="client_secret", help="Client Secret of the production API keys: beside the Client ID"),
        Secret(name="ads_auth_token", help="long-lived auth token of Walmart Connect", required=False),
        Secret(name="ads_private_key", help="the partner's RSA private key, PKCS #8 PEM", required=False),
    ),
    streams=(
        orders.STREAM,
        returns.STREAM,
        inventory.STREAM,
        wfs.STREAM,
        restock.STREAM,
        inbound.STREAM,
        items.STREAM,
        performance.STREAM,
        incentives.STREAM,
        recon.STREAM,
        *ads.STREAMS,
        traffic.STREAM,
        access.STREAM,
    ),
    rates=RATES,
    auth=auth,
    test=test,
)
