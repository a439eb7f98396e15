"""What `account test` tells the operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import Probe
from kpiterm_amazon import access, probes

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
        if request.url.path == access.PARTICIPATIONS:
            return httpx.Response(200, json={"payload": entries})
        return httpx.Response(200, json={})

    return answer


def run(host: Host, answer: Answer) -> dict[str, Probe]:
    return {probe.name: probe for probe in probes.test(host.context(answer))}


def test_a_good_account(host: Host) -> None:
    found = run(host, amazon(US, CA))
    assert all(probe.ok for probe in found.values())
    assert found["marketplaces"].detail == "sells on amazon.ca, amazon.com"
    assert found["advertising"].detail == "profile 42"
    asked = Counter(f"{r.method} {r.url.path}" for r in host.requests)
    assert max(asked.values()) <= 6, "a test must not use up the quotas: getReports has a burst of ten"
    assert {r.method for r in host.requests} == {"GET"}, "a test asks for no report"


def test_a_missing_role_is_named_and_the_others_are_still_tried(host: Host) -> None:
    found = run(host, amazon(US, denied=lambda r: "SALES_AND_TRAFFIC" in str(r.url)))
    assert {name for name, probe in found.items() if not probe.ok} == {"sales and traffic"}
    assert "Brand Analytics" in found["sales and traffic"].detail


@pytest.mark.parametrize(
    ("refused", "probe", "role"),
    [
        ("SETTLEMENT", "settlements", "Finance and Accounting"),
        ("FBA_INVENTORY_PLANNING", "FBA reports", "Amazon Fulfillment"),
        ("dataKiosk", "data kiosk", "Brand Analytics"),
        ("finances", "finances", "Finance and Accounting"),
        ("FEEDBACK", "seller feedback", "Selling Partner Insights"),
    ],
)
def test_each_stream_has_a_probe_that_names_its_role(host: Host, refused: str, probe: str, role: str) -> None:
    found = run(host, amazon(US, denied=lambda r: refused in str(r.url)))
    assert {name for name, result in found.items() if not result.ok} == {probe}
    assert role in found[probe].detail


def test_a_seller_of_another_marketplace(host: Host) -> None:
    probe = run(host, amazon(CA))["marketplaces"]
    assert not probe.ok
    assert probe.detail == "the seller is not on amazon.com; it sells on amazon.ca"


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
