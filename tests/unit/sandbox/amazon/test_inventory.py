from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

PATH = "/fba/inventory/v1/summaries"
US = "ATVPDKIKX0DER"
QUERY = {"granularityType": "Marketplace", "granularityId": US, "marketplaceIds": US}


def summaries(client: AmazonClient, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.sp("GET", PATH, params=QUERY | query).json()["payload"]["inventorySummaries"]
    return found


def test_stock_is_the_shops_own(amazon: AmazonClient) -> None:
    truth = {level.product.sku: level for level in amazon.sandbox.shop.stock(at=amazon.now)}
    shown = summaries(amazon, details="true")
    assert [s["sellerSku"] for s in shown] == list(truth)
    for summary in shown:
        details, level = summary["inventoryDetails"], truth[summary["sellerSku"]]
        assert details["fulfillableQuantity"] == level.fulfillable
        assert summary["totalQuantity"] == (
            level.fulfillable
            + sum(details[f"inbound{kind}Quantity"] for kind in ("Working", "Shipped", "Receiving"))
            + details["reservedQuantity"]["totalReservedQuantity"]
            + details["unfulfillableQuantity"]["totalUnfulfillableQuantity"]
        )


def test_details_come_only_when_asked(amazon: AmazonClient) -> None:
    assert not any("inventoryDetails" in summary for summary in summaries(amazon))


def test_pages_of_fifty_end_and_their_token_dies_in_thirty_seconds(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(skus=150, days=10)
    first = client.sp("GET", PATH, params=QUERY).json()
    token = first["pagination"]["nextToken"]
    seen, page = list(first["payload"]["inventorySummaries"]), first
    while "pagination" in page:
        page = client.sp("GET", PATH, params=QUERY | {"nextToken": page["pagination"]["nextToken"]}).json()
        seen += page["payload"]["inventorySummaries"]
    assert len(seen) == len({s["sellerSku"] for s in seen}) == sum(p.afn for p in client.sandbox.shop.products) > 100
    client.sandbox.clock.move(timedelta(seconds=31))
    late = client.sp("GET", PATH, params=QUERY | {"nextToken": token})
    assert (late.status_code, "expired" in late.text) == (400, True)


def test_a_start_time_filters_and_must_be_repeated_with_the_token(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(skus=150, days=40, orders_per_day=200)
    since = (client.now - timedelta(hours=2)).isoformat()
    assert 0 < len(summaries(client, startDateTime=since)) < 50
    older = (client.now - timedelta(days=30)).isoformat()
    token = client.sp("GET", PATH, params=QUERY | {"startDateTime": older}).json()["pagination"]["nextToken"]
    assert client.sp("GET", PATH, params=QUERY | {"nextToken": token}).status_code == 400
    assert client.sp("GET", PATH, params=QUERY | {"nextToken": token, "startDateTime": older}).status_code == 200


def test_single_skus_can_be_asked_for(amazon: AmazonClient) -> None:
    wanted = [level.product.sku for level in amazon.sandbox.shop.stock(at=amazon.now)[:3]]
    assert [s["sellerSku"] for s in summaries(amazon, sellerSkus=",".join(wanted))] == wanted


@pytest.mark.parametrize(
    "changes",
    [
        {"granularityType": "Country"},
        {"marketplaceIds": ""},
        {"marketplaceIds": f"{US},A2EUQ1WTGCTBG2"},
        {"details": "yes"},
        {"startDateTime": "2025-01-01T00:00:00Z"},
        {"sellerSkus": ",".join(map(str, range(51)))},
    ],
)
def test_a_request_against_the_model_is_refused(amazon: AmazonClient, changes: dict[str, str]) -> None:
    assert amazon.sp("GET", PATH, params=QUERY | changes).status_code == 400
