"""What the shop's owner granted the app."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
from shopify_fake import answered

from kpiterm.plugins import Payload, Row, Window
from kpiterm_shopify import access

if TYPE_CHECKING:
    from kpiterm.plugins.testing import Host

SCOPES = ("write_products", "read_orders")


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/admin/oauth/access_token":
        pair = {"access_token": "shpua_2", "expires_in": 3600, "refresh_token": "shprt_2"}
        return httpx.Response(200, json={**pair, "refresh_token_expires_in": 7_776_000})
    return answered({"currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in SCOPES]}})


def grants(host: Host, **options: Any) -> tuple[Any, list[dict[str, Any]]]:
    ctx = host.context(answer, **options)
    items = list(access.fetch(ctx, Window(ctx.now - timedelta(days=1), ctx.now)))
    assert isinstance(items[0], Payload)
    return ctx, [dict(item.values) for item in items if isinstance(item, Row)]


def test_each_scope_is_a_grant(host: Host) -> None:
    _, rows = grants(host)
    assert [(row["role"], row["level"], row["expires_at"]) for row in rows] == [
        ("read_orders", "view", None), ("write_products", "edit", None),
    ]  # fmt: skip


def test_an_expiring_pair_ends_when_its_refresh_token_does(host: Host) -> None:
    settings = {"shop": "my-shop.myshopify.com", "client_id": "app-1"}
    secrets = {"client_secret": "shpss_1", "refresh_token": "shprt_1"}
    ctx, rows = grants(host, settings=settings, secrets=secrets)
    assert {row["principal"] for row in rows} == {"app-1"}
    ends = {row["expires_at"] for row in rows}
    assert len(ends) == 1
    assert abs(ends.pop() - ctx.now - timedelta(days=90)) < timedelta(minutes=5)
