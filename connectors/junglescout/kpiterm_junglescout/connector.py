"""The connector: its settings and secrets, the host it speaks to, its streams."""

from __future__ import annotations

from kpiterm.plugins import Connector, Secret, Setting
from kpiterm_junglescout import by_asin, by_keyword
from kpiterm_junglescout.auth import API_TYPES, auth
from kpiterm_junglescout.places import CHANNELS, DEFAULT, HOST, marketplace
from kpiterm_junglescout.probes import test
from kpiterm_junglescout.rates import RATES

JUNGLESCOUT = Connector(
    name="junglescout",
    title="Jungle Scout",
    hosts=(HOST,),
    marketplace=marketplace,
    settings=(
        Setting(name="marketplace", help="marketplace to look at", default=DEFAULT, choices=tuple(CHANNELS)),
        Setting(name="key_name", help="name of the API key", required=True),
        Setting(name="api_type", help="which API the key is for", default=API_TYPES[0], choices=API_TYPES),
        Setting(name="asins", help="ASINs, separated by commas; the first one is compared with the others"),
        Setting(name="keywords", help="search phrases, separated by semicolons"),
        Setting(name="categories", help="categories as Jungle Scout lists them, separated by semicolons"),
    ),
    secrets=(Secret(name="api_key", help="API key of Jungle Scout"),),
    streams=(*by_asin.STREAMS, *by_keyword.STREAMS),
    rates=RATES,
    auth=auth,
    test=test,
)
