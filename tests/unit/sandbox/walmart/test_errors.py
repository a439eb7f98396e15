from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest

from kpiterm.sandbox.walmart.quotas import QUOTAS

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient


def shape(answer: httpx.Response) -> str:
    """A name for the form that an error comes in."""
    if "xml" in answer.headers["content-type"]:
        return "xml"
    body = answer.json()
    if isinstance(body.get("errors"), dict):
        return "errors.error"
    return "+".join(sorted(body.keys() - {"field", "info"}))


def test_every_one_of_walmarts_nine_shapes_is_met(walmart: WalmartClient) -> None:
    recon = "/v3/report/reconreport"
    answers = (
        walmart.get("/v3/orders/1"),
        walmart.get("/v3/orders", {"WM_SEC.ACCESS_TOKEN": "x"}),
        walmart.get("/v3/wfs/recommendation/restock"),
        walmart.get("/v3/wfs/inventory", limit="301"),
        walmart.get("/v3/items/none"),
        walmart.call("POST", "/v3/reports/reportRequests"),
        walmart.get(f"{recon}/reconFileJson", reportDate="1"),
        walmart.get("/v3/nowhere"),
        walmart.get("/v3/inventory", sku="none"),
        walmart.get(f"{recon}/reconFile", {"Accept": "application/octet-stream"}, reportVersion="v1"),
    )
    assert all(answer.status_code >= 400 for answer in answers)
    assert {shape(answer) for answer in answers} == {
        "errors",
        "error",
        "errors+status",
        "errors+header+status",
        "category+causes+code+description+errorIdentifiers+severity",
        "detail+instance+status+title+type",
        "errorCode+message+status",
        "error+path+status+timestamp",
        "errors.error",
        "xml",
    }


def test_with_faults_the_edge_answers_520_and_the_service_503(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(faults=0.7, days=2)
    seen: dict[int, str] = {}
    for _ in range(60):
        try:
            answer = client.send("GET", "marketplace.walmartapis.com", "/v3/orders")
        except httpx.TransportError:
            continue
        seen[answer.status_code] = answer.text
        if {520, 503} <= seen.keys():
            break
    assert "<html>" in seen[520]
    assert json.loads(seen[503])["error"][0]["code"] == "SERVICE_UNAVAILABLE.GMP_GATEWAY_API"


@pytest.mark.parametrize(
    ("operation", "path", "header", "said"),
    [
        ("getAllOrders", "/v3/orders", "Retry-After", "60"),
        ("getReturns", "/v3/returns", "X-Next-Replenishment-Time", "60"),
        ("getSellerIncentivesInfo", "/v3/insights/sellerIncentives", "X-Next-Replenishment-Time", "1795453260"),
        ("getRequestsStatus", "/v3/reports/reportRequests", "X-Next-Replenishment-Time", "2026-11-23T17:01:0"),
    ],
)
def test_a_refusal_says_in_one_form_or_another_when_to_come_again(
    open_walmart: Callable[..., WalmartClient],
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    path: str,
    header: str,
    said: str,
) -> None:
    monkeypatch.setitem(QUOTAS, operation, QUOTAS[operation]._replace(calls=1, seconds=60))
    client = open_walmart(throttle=True, days=2)
    client.get(path)
    refused = client.get(path)
    assert refused.status_code == 429
    assert refused.headers[header].startswith(said)


def test_items_with_parameters_have_a_smaller_quota(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(throttle=True, days=2)
    assert [client.get("/v3/items", limit="1").status_code for _ in range(61)].count(429) == 1
    assert client.get("/v3/items").status_code == 200
