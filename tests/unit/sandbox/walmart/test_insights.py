from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.sandbox.walmart.insights import KINDS, next_refresh, refreshed, tier_of
from kpiterm.sandbox.walmart.performance import metric

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient


def summary(walmart: WalmartClient, name: str, **query: Any) -> dict[str, Any]:
    answer = walmart.get(f"/v3/insights/performance/{name}/summary", **query).raise_for_status()
    return dict(answer.json()["payload"])


@pytest.mark.parametrize("name", KINDS)
def test_a_rate_is_counted_from_the_orders(busy: WalmartClient, name: str) -> None:
    client, kind = busy, KINDS[name]
    payload = summary(client, name, reportDuration="90")
    counted = metric(client.truth, name, 90, at=refreshed(client.now))
    bad = round(100 - payload[kind.rate], 2) if kind.at_least else payload[kind.rate]
    assert counted.hit > 0
    assert bad == pytest.approx(100 * counted.hit / counted.total, abs=0.01)
    assert payload[kind.impact] == counted.hit
    assert payload["performanceStandard"] == f"{kind.standard}%"
    drivers = sum(payload["sellerAccountableDrivers"].values())
    assert drivers == pytest.approx(bad, abs=0.06)


def test_cancellations_of_the_seller_are_those_on_the_orders(walmart: WalmartClient) -> None:
    """Counted once more, from the answers of the order interface."""
    day = datetime(2026, 11, 23, tzinfo=UTC).date()
    first = f"{day - timedelta(days=30)}T08:00:00Z"
    cancelled = total = 0
    for node in ("SellerFulfilled", "3PLFulfilled"):
        for order in walmart.orders(
            createdStartDate=first, createdEndDate=f"{day}T07:59:59Z", shipNodeType=node, limit=200
        ):
            reasons = [
                status.get("cancellationReason", "")
                for line in order["orderLines"]["orderLine"]
                for status in line["orderLineStatuses"]["orderLineStatus"]
            ]
            total += 1
            cancelled += any(reason.startswith("SELLER_CANCEL") for reason in reasons)
    payload = summary(walmart, "cancellations")
    # The figures are some hours old, so an order or two may have been cancelled since.
    assert payload["ordersImpacted"] == pytest.approx(cancelled, abs=2)
    assert payload["cumulativeRate"] == pytest.approx(100 * cancelled / total, abs=0.5)


def test_nothing_to_report_is_204_for_the_new_metrics_and_404_for_the_old(
    open_walmart: Callable[..., WalmartClient],
) -> None:
    empty = open_walmart(days=3, orders_per_day=0)
    for name, kind in KINDS.items():
        answer = empty.get(f"/v3/insights/performance/{name}/summary")
        assert answer.status_code == (204 if kind.new else 404)
        assert bool(answer.content) is not kind.new


def test_durations_and_options_are_those_of_the_spec(walmart: WalmartClient) -> None:
    assert summary(walmart, "cancellations")["reportDuration"] == 30
    assert summary(walmart, "returns")["reportDuration"] == 60
    path = "/v3/insights/performance/{}/summary"
    for name, query in (
        ("otd", {"reportDuration": "45"}),
        ("otd", {"shippingMethod": "THREE_DAY"}),
        ("cancellations", {"shippingMethod": "TWO_DAY"}),
        ("returns", {"conditionType": "USED"}),
    ):
        refused = walmart.get(path.format(name), **query)
        assert (refused.status_code, refused.json()["code"]) == (400, "400")
    assert walmart.get(path.format("otd"), shippingMethod="ONE_DAY").status_code == 404
    assert walmart.get(path.format("returns"), conditionType="RESOLD").status_code == 204


def test_each_metric_may_be_asked_for_once_a_minute_apart_from_the_others(
    open_walmart: Callable[..., WalmartClient],
) -> None:
    client = open_walmart(throttle=True, orders_per_day=120)
    path = "/v3/insights/performance/{}/summary"
    assert {client.get(path.format(name)).status_code for name in KINDS} <= {200, 204}
    refused = client.get(path.format("otd"))
    assert refused.status_code == 429
    assert refused.json()["error"][0]["code"] == "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API"
    replenished = datetime.fromtimestamp(int(refused.headers["X-Next-Replenishment-Time"]) / 1000, UTC)
    assert timedelta(0) < replenished - client.now <= timedelta(seconds=61)
    client.sandbox.clock.move(timedelta(minutes=1))
    assert client.get(path.format("otd")).status_code == 200
    assert client.sandbox.throttled == {"getPerformance/otd": 1}


def test_figures_change_once_a_day() -> None:
    before, after = datetime(2026, 11, 23, 14, 29, tzinfo=UTC), datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    assert refreshed(before) == after - timedelta(days=1)
    assert refreshed(after) == after == refreshed(after + timedelta(hours=23))


def test_the_pro_seller_status_is_the_weakest_criterion(walmart: WalmartClient) -> None:
    payload = walmart.get("/v3/insights/sellerIncentives").json()["payload"]
    tiers = ("Rising", "Advanced", "Pro Seller")
    assert payload["currentTier"] == min(payload["criteriaTier"].values(), key=tiers.index)
    for name, value in payload["criteriaMetadata"].items():
        assert payload["criteriaTier"][name] == tier_of(name, value)
    assert payload["nextRefreshDate"] == "2026-12-05T00:00:00.000-08:00"


@pytest.mark.parametrize(
    ("name", "value", "tier"),
    [("cancellationRate", 1.9, "Pro Seller"), ("cancellationRate", 2.5, "Advanced"), ("cancellationRate", 4, "Rising"),
     ("orders", 100, "Pro Seller"), ("orders", 99, "Advanced"), ("activeDays", 10, "Rising")],
)  # fmt: skip
def test_tiers(name: str, value: float, tier: str) -> None:
    assert tier_of(name, value) == tier


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 11, 4), date(2026, 11, 5)), (date(2026, 11, 5), date(2026, 11, 20)),
     (date(2026, 12, 31), date(2027, 1, 5))],
)  # fmt: skip
def test_tiers_are_set_on_the_fifth_and_the_twentieth(day: date, expected: date) -> None:
    assert next_refresh(day) == expected
