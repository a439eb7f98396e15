"""The contract that every connector keeps, for each kind of credentials, and what `account test` says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest
from shopify_fake import SETTINGS, Shopify, answered, connection, operation, refused

from kpiterm.plugins import Probe
from kpiterm.plugins.sql import MACROS
from kpiterm.plugins.testing import ConnectorContract
from kpiterm_shopify import probes
from kpiterm_shopify.connector import SHOPIFY
from kpiterm_shopify.probes import NEEDS

if TYPE_CHECKING:
    from kpiterm.plugins.testing import Host

SCOPES = (
    "read_orders", "read_all_orders", "read_products", "read_returns", "read_inventory", "read_locations",
    "read_shopify_payments_accounts", "read_shopify_payments_disputes", "read_reports",
)  # fmt: skip


def about(
    *scopes: str, zone: str = "America/New_York", currency: str = "USD", version: str = "2026-10"
) -> dict[str, Any]:
    return {
        "shop": {
            "name": "My Shop", "myshopifyDomain": "my-shop.myshopify.com", "ianaTimezone": zone,
            "currencyCode": currency, "plan": {"publicDisplayName": "Basic"},
        },
        "currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in scopes]},
        "publicApiVersions": [{"handle": version, "supported": True}],
    }  # fmt: skip


ORDER = {
    "id": "gid://shopify/Order/1001", "test": False, "processedAt": "2026-11-20T03:30:00Z",
    "updatedAt": "2026-11-20T17:30:00Z", "returnStatus": "IN_PROGRESS", "refunds": [{"id": "gid://shopify/Refund/1"}],
    "lineItems": connection([]),
}  # fmt: skip
EMPTY: Mapping[str, Any] = {
    "Orders": {"orders": connection([ORDER])},
    "Changed": {"orders": connection([ORDER])},
    "Refunds": {"nodes": [None]},
    "Returns": {"order": {"returns": connection([])}},
    "Inventory": {"inventoryItems": connection([])},
    "Products": {"shop": {"currencyCode": "USD"}, "productVariants": connection([])},
    "Payments": {"shopifyPaymentsAccount": None},
    "Disputes": {"shopifyPaymentsAccount": {"disputes": connection([])}},
    "Analytics": {"shopifyqlQuery": {"parseErrors": [], "tableData": {"columns": [], "rows": []}}},
    "Shop": about(*SCOPES),
    "Scopes": {"currentAppInstallation": {"accessScopes": []}},
}


def vendor(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/admin/oauth/access_token":
        form = parse_qs(request.content.decode())
        refresh = {"refresh_token": form["refresh_token"][0]} if "refresh_token" in form else {}
        return httpx.Response(200, json={"access_token": "shpua_new", "expires_in": 86399, "scope": "", **refresh})
    return answered(EMPTY[operation(request)[0]])


class _Contract(ConnectorContract):
    connector = SHOPIFY
    settings: Mapping[str, str] = SETTINGS

    def responses(self, request: httpx.Request) -> httpx.Response:
        return vendor(request)


class TestWithAStaticToken(_Contract):
    secrets: Mapping[str, str] = {"access_token": "shpat_static"}


class TestWithClientCredentials(_Contract):
    secrets: Mapping[str, str] = {"client_secret": "shpss_secret"}


class TestWithAnExpiringPair(_Contract):
    secrets: Mapping[str, str] = {
        "client_secret": "shpss_secret",
        "refresh_token": "shprt_1",
        "access_token": "shpua_0",
    }


def probed(host: Host, **answers: Any) -> dict[str, Probe]:
    made = {name: (lambda _, data=data: answered(data)) for name, data in EMPTY.items()} | answers
    return {probe.name: probe for probe in probes.test(host.context(Shopify(made)))}


def test_a_good_account(host: Host) -> None:
    found = probed(host)
    assert [probe for probe in found.values() if not probe.ok] == []
    assert found["shop"].detail == "My Shop (my-shop.myshopify.com), Basic"
    assert found["sign in"].detail == "by access_token"


def test_missing_scopes_are_named_by_stream_and_the_truncated_history_too(host: Host) -> None:
    data = about("read_orders", "read_products")
    found = probed(host, Shop=lambda _: answered(data))
    bad = {name: probe.detail for name, probe in found.items() if not probe.ok}
    assert set(bad) == {"returns", "inventory", "payments", "disputes", "traffic", "order history"}
    assert "read_returns" in bad["returns"]
    assert "read_inventory, read_locations" in bad["inventory"]
    assert "read_shopify_payments_disputes" in bad["disputes"]
    assert "last 60 days only" in bad["order history"]
    assert "ShopifyQL" not in found, "without the scope there is nothing to try"


def test_another_time_zone_or_currency_than_the_shops_is_told_with_the_line_to_write(host: Host) -> None:
    data = about(*SCOPES, zone="Europe/Berlin", currency="EUR")
    found = probed(host, Shop=lambda _: answered(data))
    assert 'timezone = "Europe/Berlin" in accounts/my-shop.toml' in found["timezone"].detail
    assert 'currency = "EUR"' in found["currency"].detail
    assert not found["timezone"].ok
    assert not found["currency"].ok


def test_a_version_that_shopify_has_dropped(host: Host) -> None:
    data = about(*SCOPES, version="2027-10")
    assert not probed(host, Shop=lambda _: answered(data))["API version"].ok


def test_shopifyql_is_tried_since_its_scope_is_not_enough(host: Host) -> None:
    found = probed(host, Analytics=lambda _: refused("ACCESS_DENIED", requiredAccess="`read_reports` access scope."))
    assert found["traffic"].ok
    assert not found["ShopifyQL"].ok


@pytest.mark.parametrize(
    ("answer", "name", "says"),
    [
        (httpx.Response(401, json={"errors": "[API] Invalid API key"}), "sign in", "enter them again"),
        (httpx.Response(404, json={"errors": "Not Found"}), "shop", "correct the account's setting shop"),
    ],
)
def test_a_refused_sign_in_ends_the_test(answer: httpx.Response, name: str, says: str, host: Host) -> None:
    (probe,) = probed(host, Shop=lambda _: answer).values()
    assert (probe.name, probe.ok) == (name, False)
    assert says in probe.detail


def test_every_stream_has_its_scopes() -> None:
    assert set(NEEDS) == {stream.name for stream in SHOPIFY.streams}


def test_the_days_are_the_shops() -> None:
    place = SHOPIFY.marketplace({"shop": "My-Shop.myshopify.com", "timezone": "Europe/Berlin", "currency": "EUR"})
    assert (place.channel, place.timezone, place.currency) == ("shopify", "Europe/Berlin", "EUR")
    assert f"'{place.channel}'" not in MACROS, "business_day must fall back to the account's own zone"


def test_no_declared_column_can_hold_a_person() -> None:
    shapes = json.dumps([dict(stream.shape.columns) for stream in SHOPIFY.streams if stream.shape]).casefold()
    assert not [word for word in ("customer", "email", "phone", "address", "note", "billing") if word in shapes]


def test_queries_and_sql_are_part_of_the_package() -> None:
    names = {path.name for path in files("kpiterm_shopify").iterdir()}
    assert {"orders.sql", "inventory.sql", "products.sql", "costs.sql", "payments.sql", "queries"} <= names


def test_the_entry_point_bears_the_connectors_name() -> None:
    found = [point for point in entry_points(group="kpiterm") if point.value == "kpiterm_shopify"]
    if not found:
        pytest.skip("kpiterm-shopify is not installed")
    assert [point.name for point in found] == [SHOPIFY.name]
