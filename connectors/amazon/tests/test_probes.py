"""What `account test` tells the operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx

from kpiterm.plugins import Probe
from kpiterm_amazon import probes

if TYPE_CHECKING:
    from conftest import Answer, Host


def participation(marketplace: str, domain: str, *, active: bool = True, suspended: bool = False) -> dict[str, Any]:
    return {
        "marketplace": {"id": marketplace, "domainName": domain, "name": domain},
        "participation": {"isParticipating": active, "hasSuspendedListings": suspended},
        "storeName": "Shop",
    }


US = participation("ATVPDKIKX0DER", "www.amazon.com")
CA = participation("A2EUQ1WTGCTBG2", "www.amazon.ca")
DENIED = {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied."}]}


def amazon(*entries: dict[str, Any], denied: Callable[[httpx.Request], bool] = lambda _: False) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        if denied(request):
            return httpx.Response(403, json=DENIED)
        if request.url.path == probes.PARTICIPATIONS:
            return httpx.Response(200, json={"payload": entries})
        return httpx.Response(200, json={})

    return answer


def run(host: Host, answer: Answer) -> dict[str, Probe]:
    return {probe.name: probe for probe in probes.test(host.context(answer))}


def test_a_good_account(host: Host) -> None:
    found = run(host, amazon(US, CA))
    assert all(probe.ok for probe in found.values())
    assert found["marketplaces"].detail == "sells on www.amazon.ca, www.amazon.com"
    assert found["advertising"].detail == "profile 42"
    assert len(host.requests) <= 7, "a test must not use up the quotas"


def test_a_missing_role_is_named_and_the_others_are_still_tried(host: Host) -> None:
    found = run(host, amazon(US, denied=lambda r: "SALES_AND_TRAFFIC" in str(r.url)))
    assert {name for name, probe in found.items() if not probe.ok} == {"sales and traffic"}
    assert "Brand Analytics" in found["sales and traffic"].detail


def test_a_seller_of_another_marketplace(host: Host) -> None:
    probe = run(host, amazon(CA))["marketplaces"]
    assert not probe.ok
    assert probe.detail == "the seller is not on amazon.com; it sells on www.amazon.ca"


def test_suspended_listings_are_pointed_out(host: Host) -> None:
    suspended = participation("ATVPDKIKX0DER", "www.amazon.com", suspended=True)
    assert "suspended" in run(host, amazon(suspended))["marketplaces"].detail


def test_refused_credentials_end_the_test(host: Host) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json=DENIED)

    (probe,) = run(host, refuse).values()
    assert (probe.name, probe.ok) == ("sign in", False)


def test_without_ads_credentials_the_ads_are_left_alone(host: Host) -> None:
    settings = {"marketplace": "US", "client_id": "sp-client"}
    secrets = {"client_secret": "s", "refresh_token": "r"}
    ctx = host.context(amazon(US), settings=settings, secrets=secrets)
    found = {probe.name: probe for probe in probes.test(ctx)}
    assert found["advertising"] == Probe("advertising", True, "not set up: the ads streams are skipped")
