"""What `account test` tells the operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import Probe
from kpiterm_amazon import access, probes, profiles
from kpiterm_amazon.connector import AMAZON

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
PROFILE = {"profileId": 42, "countryCode": "US", "accountInfo": {"type": "seller", "name": "Shop"}}
DENIED = {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied."}]}


def amazon(*entries: dict[str, Any], denied: Callable[[httpx.Request], bool] = lambda _: False) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        if denied(request):
            return httpx.Response(403, json=DENIED)
        if request.url.path == access.PARTICIPATIONS:
            return httpx.Response(200, json={"payload": entries})
        if request.url.path == profiles.PROFILES:
            return httpx.Response(200, json=[PROFILE])
        return httpx.Response(200, json={})

    return answer


def run(host: Host, answer: Answer) -> dict[str, Probe]:
    return {probe.name: probe for probe in probes.test(host.context(answer))}


def test_a_good_account(host: Host) -> None:
    found = run(host, amazon(US, CA))
    assert all(probe.ok for probe in found.values())
    assert found["marketplaces"].detail == "sells on amazon.ca, amazon.com"
    assert found["advertising"].detail == "profile 42 (seller Shop, US)"
    asked = Counter(f"{r.method} {r.url.path}" for r in host.requests)
    assert max(asked.values()) <= 6, "a test must not use up the quotas: getReports has a burst of ten"
    assert {r.method for r in host.requests} == {"GET"}, "a test asks for no report"


def test_a_missing_role_is_named_and_the_others_are_still_tried(host: Host) -> None:
    found = run(host, amazon(US, denied=lambda r: "SALES_AND_TRAFFIC" in str(r.url)))
    assert {name for name, probe in found.items() if not probe.ok} == {"sales and traffic"}
    assert "Brand Analytics" in found["sales and traffic"].detail


@pytest.mark.parametrize(
    ("refused", "probe"),
    [
        ("SETTLEMENT", "settlements"),
        ("FBA_INVENTORY_PLANNING", "FBA reports"),
        ("dataKiosk", "data kiosk"),
        ("/finances/", "finances"),
        ("FEEDBACK", "seller feedback"),
        ("/v2/profiles", "advertising"),
        ("/orders/", "orders"),
        ("/fba/inventory", "stock"),
        ("ALL_ORDERS", "orders report"),
        ("SELLER_PERFORMANCE", "account health"),
    ],
)
def test_what_is_refused_is_named_and_nothing_else(host: Host, refused: str, probe: str) -> None:
    found = run(host, amazon(US, denied=lambda r: refused in str(r.url)))
    assert {name for name, result in found.items() if not result.ok} == {probe}


ADS_SCOPE = "advertising::campaign_management"
FBA = ("FBA reports", "Amazon Fulfillment")
PROBE_OF = {
    "orders": ("orders report", "Inventory and Order Tracking"),
    "orders-recent": ("orders", "Inventory and Order Tracking"),
    "inventory": ("stock", "Amazon Fulfillment, or Inventory and Order Tracking"),
    "traffic": ("sales and traffic", "Brand Analytics"),
    "performance": ("account health", "Selling Partner Insights"),
    "traffic-items": ("data kiosk", "Brand Analytics"),
    "economics": ("data kiosk", "Brand Analytics"),
    "settlements": ("settlements", "Finance and Accounting"),
    "finances": ("finances", "Finance and Accounting"),
    "returns-merchant": ("orders report", "Inventory and Order Tracking"),
    "feedback": ("seller feedback", "Selling Partner Insights"),
    **dict.fromkeys(("returns-fba", "reimbursements", "stock-planning", "restock", "stock-check", "stock-ledger"), FBA),
    **dict.fromkeys(
        ("ads-campaigns", "ads-products", "ads-brands", "ads-display", "ads-terms"), ("advertising", ADS_SCOPE)
    ),
}


def test_each_stream_has_a_probe_that_names_its_role(host: Host) -> None:
    found = run(host, amazon(US, denied=lambda r: r.url.path != access.PARTICIPATIONS))
    assert PROBE_OF.keys() == {stream.name for stream in AMAZON.streams} - {"access"}, "marketplaces need any role"
    for stream, (probe, role) in PROBE_OF.items():
        assert f"role missing or lost: {role}" in found[probe].detail, stream


def test_a_profile_that_the_ads_login_does_not_see_is_pointed_out(host: Host) -> None:
    settings = {"marketplace": "US", "client_id": "sp-client", "ads_client_id": "ads-client", "ads_profile_id": "43"}
    found = {probe.name: probe for probe in probes.test(host.context(amazon(US), settings=settings))}
    assert not found["advertising"].ok
    assert "does not see profile 43; it sees 42 (seller Shop, US)" in found["advertising"].detail


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
