"""Account health, against Amazon's own example and the spellings that it drifts between."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpiterm.plugins import DataError
from kpiterm_amazon.performance import rows

US = "ATVPDKIKX0DER"
DAY = date(2026, 11, 20)
Readings = dict[tuple[str, str], dict[str, Any]]


def readings(body: bytes) -> Readings:
    return {(str(r.values["metric"]), str(r.values["segment"])): dict(r.values) for r in rows(body, US, DAY)}


def report(**metrics: object) -> bytes:
    return json.dumps({"accountStatuses": [], "performanceMetrics": [{"marketplaceId": US, **metrics}]}).encode()


@pytest.fixture
def example(shared: Path) -> Readings:
    return readings((shared / "data/sp_api_vendor_examples/GET_V2_SELLER_PERFORMANCE_REPORT.json").read_bytes())


def test_order_defect_rate_of_both_kinds_of_fulfilment(example: Readings) -> None:
    for segment in ("merchant", "marketplace"):
        assert example["order_defect_rate", segment] == {
            "day": DAY,
            "metric": "order_defect_rate",
            "segment": segment,
            "period_start": date(2020, 9, 6),
            "period_end": date(2020, 11, 4),
            "numerator": 1078,
            "denominator": 539000,
            "rate": Decimal("0.009"),
            "target": Decimal("0.01"),
            "target_op": "<",
            "state": "good",
        }


@pytest.mark.parametrize(
    ("metric", "numerator", "denominator", "rate", "target_op", "target"),
    [
        ("late_shipment_rate", 27896, 870669, "0.03203973037", "<", "0.04"),
        ("pre_fulfillment_cancellation_rate", 551, 17197, "0.005", "<", "0.01"),
        ("valid_tracking_rate", 896462, 878443, "0.9529", ">", "0.95"),
        ("on_time_delivery_rate", 847987, 808046, "0.9529", ">", "0.95"),
        ("unit_on_time_delivery_rate", 146, 165, "0.8848", ">", "0.9"),
    ],
)
def test_rates_of_the_example(
    example: Readings, metric: str, numerator: int, denominator: int, rate: str, target_op: str, target: str
) -> None:
    found = example[metric, "merchant"]
    assert (found["numerator"], found["denominator"], found["target_op"]) == (numerator, denominator, target_op)
    assert (found["rate"], found["target"]) == (Decimal(rate), Decimal(target)), "read as decimals, not as floats"


def test_states_and_policies_of_the_example(example: Readings) -> None:
    assert example["account_status", "all"]["state"] == "at_risk"
    assert example["account_health_rating", "all"]["state"] == "at_risk"
    policy = example["product_safety_complaints", "all"]
    assert (policy["numerator"], policy["state"], policy["target_op"], policy["target"]) == (165, "bad", "<=", 0)
    assert "rate" not in policy, "a count is no rate"
    assert example["document_requests", "all"]["numerator"] == 8
    assert example["invoice_defect_rate", "all"]["numerator"] == 315


def test_the_schemas_spellings_are_read_like_the_examples() -> None:
    found = readings(
        report(
            preFulfillmentCancellationRate={"orderCount": 1000, "cancellationCount": 5, "rate": 0.005},
            documentRequests={"defectsCount": 3, "status": "BAD"},
            accountHealthRating={"accountHealthRatingStatus": "GREAT", "ahrScore": 812},
        )
    )
    assert found["pre_fulfillment_cancellation_rate", "merchant"]["rate"] == Decimal("0.005")
    assert found["document_requests", "all"]["state"] == "bad"
    rating = found["account_health_rating", "all"]
    assert (rating["state"], rating["numerator"]) == ("good", 812)


def test_what_is_missing_is_unknown_and_what_is_new_is_passed_over() -> None:
    found = readings(
        report(lateShipmentRate={"orderCount": 0, "lateShipmentCount": 0, "status": "NEW_STATE"}, brandNewRate={"x": 1})
    )
    assert set(found) == {("late_shipment_rate", "merchant")}
    late = found["late_shipment_rate", "merchant"]
    assert (late["rate"], late["target"], late["target_op"], late["state"]) == (None, None, None, "none")


def test_a_count_written_as_a_decimal_is_a_count() -> None:
    found = readings(report(onTimeDeliveryRate={"shipmentCountWithValidTracking": 808046.0, "onTimeDeliveryCount": 9}))
    rate = found["on_time_delivery_rate", "merchant"]
    assert (rate["denominator"], rate["numerator"]) == (808046, 9)
    assert type(rate["denominator"]) is int


def test_another_marketplace_is_not_taken_for_this_one() -> None:
    body = report().replace(US.encode(), b"A2EUQ1WTGCTBG2")
    with pytest.raises(DataError, match=US):
        readings(body)


def test_a_body_that_is_no_report_is_named() -> None:
    with pytest.raises(DataError, match="GET_V2_SELLER_PERFORMANCE_REPORT"):
        readings(b"<html>")
