"""The connector: its settings and secrets, the hosts it speaks to, its streams."""

from __future__ import annotations

from kpiterm.plugins import Connector, Secret, Setting
from kpiterm_amazon import (
    access,
    ads,
    economics,
    fba_planning,
    feedback,
    finances,
    inventory,
    ledger,
    orders,
    performance,
    returns,
    settlements,
    traffic,
    traffic_items,
)
from kpiterm_amazon.auth import auth
from kpiterm_amazon.places import DEFAULT, HOSTS, PLACES, marketplace
from kpiterm_amazon.probes import test
from kpiterm_amazon.rates import RATES

# In this order they are fetched. What the KPIs read comes first; Amazon makes fifteen reports at once and then one a
# minute, so on a first sync the streams behind `access` wait, while the board shows the KPIs.
STREAMS = (
    *orders.STREAMS,
    inventory.STREAM,
    traffic.STREAM,
    performance.STREAM,
    *ads.STREAMS,
    traffic_items.STREAM,
    settlements.STREAM,
    finances.STREAM,
    access.STREAM,
    *returns.STREAMS,
    *fba_planning.STREAMS,
    ledger.STREAM,
    feedback.STREAM,
    economics.STREAM,
    ads.TERMS_STREAM,
)

AMAZON = Connector(
    name="amazon",
    title="Amazon",
    hosts=HOSTS,
    marketplace=marketplace,
    settings=(
        Setting(name="marketplace", help="country of the marketplace", default=DEFAULT, choices=tuple(PLACES)),
        Setting(
            name="client_id",
            help="LWA client id of the Selling Partner application, amzn1.application-oa2-client.…: Seller Central, "
            "Develop Apps, at the application LWA credentials, View",
            required=True,
        ),
        Setting(
            name="ads_client_id",
            help="LWA client id of the Amazon Ads application: developer.amazon.com, Login with Amazon, the security "
            "profile that Amazon Ads approved",
        ),
        Setting(name="ads_profile_id", help="advertising profile; found by the marketplace where it is not given"),
    ),
    secrets=(
        Secret(
            name="client_secret",
            help="LWA client secret of the Selling Partner application: beside its client id, under View",
        ),
        Secret(
            name="refresh_token",
            help="refresh token of the seller's consent, Atzr|…: Develop Apps, at the application Authorize",
        ),
        Secret(
            name="ads_client_secret",
            help="LWA client secret of the Amazon Ads application: beside its client id",
            required=False,
        ),
        Secret(name="ads_refresh_token", help="refresh token of the advertiser's consent, Atzr|…", required=False),
    ),
    streams=STREAMS,
    rates=RATES,
    auth=auth,
    test=test,
)
