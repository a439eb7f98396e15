from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient


def test_rates_are_fractions_of_the_shops_own_counts(amazon: AmazonClient) -> None:
    report = json.loads(amazon.report("GET_V2_SELLER_PERFORMANCE_REPORT"))
    metrics = report["performanceMetrics"][0]
    for network, truth in amazon.sandbox.shop.odr(at=amazon.now).items():
        shown = metrics["orderDefectRate"][network]
        assert shown["orderCount"] == truth.orders
        assert shown["orderWithDefects"]["count"] == truth.by_kind.total()
        assert shown["rate"] == round(truth.rate, 8)
        assert shown["fulfillmentType"] == network
    for name in ("lateShipmentRate", "validTrackingRate", "onTimeDeliveryRate", "preFulfillmentCancellationRate"):
        metric = metrics[name]
        good = metric["rate"] < metric["targetValue"]
        if metric["targetCondition"] == "GREATER_THAN":
            good = metric["rate"] > metric["targetValue"]
        assert 0 <= metric["rate"] <= 1
        assert metric["status"] == ("GOOD" if good else "BAD")


def test_the_requested_dates_are_ignored_as_amazon_does(amazon: AmazonClient) -> None:
    dated = amazon.report("GET_V2_SELLER_PERFORMANCE_REPORT", amazon.now.replace(month=1), amazon.now.replace(month=2))
    assert dated == amazon.report("GET_V2_SELLER_PERFORMANCE_REPORT")
