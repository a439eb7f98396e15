"""A sound connector and its vendor: what the broken ones of `mistakes` are made from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx

from kpiterm.plugins import (
    Connector,
    Context,
    Note,
    Output,
    Payload,
    Probe,
    Rate,
    Row,
    Secret,
    Setting,
    Shape,
    Stream,
    Window,
)
from kpiterm.plugins.auth import OAuth2Refresh
from kpiterm.plugins.marketplaces import MARKETPLACES

API = "https://api.acme.com"
SELECT = """
select
    _payload,
    id as order_id,
    sku || '#1' as line_key,
    utc(made) as ordered_at,
    business_day(utc(made), getvariable('channel')) as business_day,
    price as item_price,
    getvariable('currency') as currency
from source
"""
SHAPE = Shape(
    columns={"id": "VARCHAR", "sku": "VARCHAR", "made": "VARCHAR", "price": "DECIMAL(18, 4)", "_shop": "VARCHAR"},
    required=("id", "made"),
    outputs=(Output(into="order_line", select=SELECT, replaces=("order_id",)),),
)


def fetch_orders(ctx: Context, window: Window) -> Iterator[Payload | Note]:
    response = ctx.http.get(f"{API}/orders", params={"from": window.start.isoformat()})
    yield Payload(
        body=response.content,
        format="json",
        request=f"GET /orders {window}",
        records=("orders",),
        extra={"_shop": ctx.settings["shop"]},
    )
    if not response.json()["complete"]:
        yield Note("the vendor shows the last 60 days only")


def fetch_health(ctx: Context, window: Window) -> Iterator[Row]:
    rate = ctx.http.get(f"https://{ctx.settings['shop']}.shops.acme.com/health").json()["late"]
    yield Row("health_metric", {"day": window.end.date(), "metric": "late_shipment_rate", "numerator": rate})


def sign_in(ctx: Context) -> httpx.Auth:
    return OAuth2Refresh(f"{API}/token", client_id="kpiterm", client_secret=ctx.secrets["client_secret"])


def probe(ctx: Context) -> Iterator[Probe]:
    yield Probe("orders", ctx.http.get(f"{API}/orders").status_code == httpx.codes.OK)


ORDERS = Stream(name="orders", title="Orders", fetch=fetch_orders, shape=SHAPE, lookback=timedelta(days=2))
HEALTH = Stream(name="health", title="Account health", fetch=fetch_health, by_day=True)
ACME = Connector(
    name="acme",
    title="Acme",
    hosts=("api.acme.com", "{shop}.shops.acme.com"),
    streams=(ORDERS, HEALTH),
    marketplace=lambda _: MARKETPLACES["amazon.com"],
    settings=(Setting(name="shop", help="the shop's name", required=True),),
    secrets=(Secret(name="client_secret", help="the application's secret"),),
    rates=(Rate(operation="orders", match="GET /orders", per_second=0.1, burst=1),),
    auth=sign_in,
    test=probe,
)


def acme(request: httpx.Request) -> httpx.Response:
    """The vendor."""
    order = {"id": "1", "sku": "A", "made": "2026-11-19T10:00:00Z", "price": 12.5}
    answers = {
        "/token": {"access_token": "token-of-acme", "expires_in": 900},
        "/orders": {"orders": [order], "complete": False},
        "/health": {"late": 3},
    }
    return httpx.Response(200, json=answers[request.url.path])
