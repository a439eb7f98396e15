"""The connector: its settings and secrets, the hosts it speaks to, its streams."""

from __future__ import annotations

from kpiterm.plugins import Connector, Secret, Setting
from kpiterm_helium10 import ads, inventory, markets, profits, ranks
from kpiterm_helium10.auth import auth
from kpiterm_helium10.places import CHANNELS, DEFAULT, MARKETS_HOST, MCP_HOST, marketplace
from kpiterm_helium10.probes import test
from kpiterm_helium10.rates import RATES

HELIUM10 = Connector(
    name="helium10",
    title="Helium 10",
    hosts=(MCP_HOST, MARKETS_HOST),
    marketplace=marketplace,
    settings=(
        Setting(name="marketplace", help="marketplace to look at", default=DEFAULT, choices=tuple(CHANNELS)),
        Setting(name="seller_ids", help="seller ids, separated by commas; all connected ones where none is given"),
        Setting(name="ads_profile_id", help="advertising profile; without it the stream ads is skipped"),
        Setting(name="market_ids", help="numbers of Market Tracker 360 markets, separated by commas"),
    ),
    secrets=(
        Secret(name="token", help="MCP API key, h10_mcp_… (Settings, MCP, Create API Key)", required=False),
        Secret(name="market_tracker_key", help="API key of Market Tracker 360", required=False),
    ),
    streams=(*profits.STREAMS, inventory.STREAM, ranks.STREAM, ads.STREAM, markets.STREAM),
    rates=RATES,
    auth=auth,
    test=test,
)
