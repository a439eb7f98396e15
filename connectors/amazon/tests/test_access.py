"""Whom the consents let in: marketplaces, and advertising profiles with what may be done in them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from kpiterm.plugins import Payload, Row, Window
from kpiterm_amazon import access

if TYPE_CHECKING:
    from conftest import Host


def grants(host: Host, **options: Any) -> list[tuple[object, ...]]:
    ctx = host.context(answer, **options)
    items = list(access.fetch(ctx, Window(ctx.now - timedelta(days=1), ctx.now)))
    assert isinstance(items[0], Payload)
    rows = [item.values for item in items if isinstance(item, Row)]
    assert {row["day"] for row in rows} == {date(2026, 11, 20)}
    return [(row["principal"], row["role"], row["level"]) for row in rows]


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == access.PARTICIPATIONS:
        return httpx.Response(
            200,
            json={
                "payload": [
                    entry("ATVPDKIKX0DER", "www.amazon.com"),
                    entry("A2EUQ1WTGCTBG2", "www.amazon.ca", suspended=True),
                    entry("A1AM78C64UM0Y8", "www.amazon.com.mx", active=False),
                ]
            },
        )
    own = {"profileId": 42, "countryCode": "US", "accountInfo": {"type": "seller", "name": "Shop"}}
    other = {"profileId": 43, "countryCode": "CA", "accountInfo": {"type": "seller", "name": "Shop"}}
    return httpx.Response(200, json=[own] if request.url.params["accessLevel"] == "edit" else [own, other])


def entry(marketplace: str, domain: str, *, active: bool = True, suspended: bool = False) -> dict[str, Any]:
    return {
        "marketplace": {"id": marketplace, "domainName": domain},
        "participation": {"isParticipating": active, "hasSuspendedListings": suspended},
    }


def test_each_marketplace_and_profile_is_a_grant(host: Host) -> None:
    assert grants(host) == [
        ("sp-client", "marketplace amazon.com", None),
        ("sp-client", "marketplace amazon.ca (listings suspended)", None),
        ("ads-client", "advertising profile 42 (seller Shop, US)", "edit"),
        ("ads-client", "advertising profile 43 (seller Shop, CA)", "view"),
    ]


def test_without_an_advertising_login_there_are_no_profiles(host: Host) -> None:
    settings, secrets = {"marketplace": "US", "client_id": "sp-client"}, {"client_secret": "s", "refresh_token": "r"}
    assert [role for _, role, _ in grants(host, settings=settings, secrets=secrets)] == [
        "marketplace amazon.com", "marketplace amazon.ca (listings suspended)",
    ]  # fmt: skip
