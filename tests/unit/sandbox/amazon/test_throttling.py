from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

ORDERS = "/orders/2026-01-01/orders"
QUERY = {"createdAfter": "2026-11-22T00:00:00Z"}


def test_the_burst_is_served_then_429_until_the_bucket_refills(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(throttle=True)
    answers = [client.sp("GET", ORDERS, params=QUERY) for _ in range(21)]
    assert [a.status_code for a in answers] == [200] * 20 + [429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.0056"
    refused = answers[-1]
    assert refused.json()["errors"][0]["code"] == "QuotaExceeded"
    assert "x-amzn-RateLimit-Limit" not in refused.headers
    assert refused.headers["x-amzn-RequestId"]
    assert client.sandbox.throttled == {"searchOrders": 1}
    client.sandbox.clock.move(timedelta(seconds=179))
    assert client.sp("GET", ORDERS, params=QUERY).status_code == 200
    assert client.sp("GET", ORDERS, params=QUERY).status_code == 429


def test_parallel_connections_share_the_bucket(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(throttle=True)
    client.token()
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: client.sp("GET", ORDERS, params=QUERY).status_code, range(40)))
    assert Counter(codes) == {200: 20, 429: 20}


def test_one_operation_does_not_drain_another(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(throttle=True)
    for _ in range(21):
        client.sp("GET", ORDERS, params=QUERY)
    assert client.sp("GET", f"{ORDERS}/111-1111111-1111111").status_code == 404


def test_a_refused_parameter_costs_a_token_and_shows_the_rate(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(throttle=True)
    answers = [client.sp("GET", ORDERS) for _ in range(21)]
    assert [a.status_code for a in answers] == [400] * 20 + [429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.0056"


def test_without_throttling_nothing_is_refused(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client()
    answers = [client.sp("GET", ORDERS, params=QUERY) for _ in range(30)]
    assert {a.status_code for a in answers} == {200}
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "1000.0"


def test_ads_says_when_to_come_back(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(throttle=True)
    answers = [client.ads("GET", "/v2/profiles") for _ in range(40)]
    refused = next(a for a in answers if a.status_code == 429)
    assert int(refused.headers["Retry-After"]) >= 1
    assert client.sandbox.throttled["advertising"] >= 1
