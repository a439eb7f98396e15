"""Walmart's own view of the seller: the nine metrics and the Pro Seller tier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import DataError, Payload, Row
from kpiterm_walmart.standards import METRICS

if TYPE_CHECKING:
    from conftest import Host

TODAY = date(2026, 11, 20)
OTD = next(m for m in METRICS if m.path == "otd")
LATE = next(m for m in METRICS if m.path == "lateShipment")
RETURNS = next(m for m in METRICS if m.path == "returns")


def values(items: list[Payload | Row]) -> dict[str, Any]:
    return {str(i.values["metric"]): i.values for i in items if isinstance(i, Row)}


def summary(**fields: object) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, json={"status": "OK", "payload": fields})


def test_nine_metrics_over_the_window_that_walmart_judges_by(host: Host) -> None:
    found = values(host.fetch("performance", summary(cumulativeRate=1.5, sellerAccountableRate=97.25)))
    assert len(found) == 9
    asked = {r.url.path.split("/")[-2]: r.url.params["reportDuration"] for r in host.requests}
    assert {m for m, days in asked.items() if days == "60"} == {"returns", "itemNotReceived", "negativeFeedback"}
    assert {m for m, days in asked.items() if days == "30"} == {
        "cancellations", "otd", "vtr", "srr", "refunds", "lateShipment"
    }  # fmt: skip
    assert found["cancellation_rate"]["rate"] == Decimal("0.015")
    assert found["on_time_delivery_rate"]["rate"] == Decimal("0.9725")


def test_a_reading(host: Host) -> None:
    answer = summary(
        reportDuration=60, updatedTimestamp="2026-11-20T06:30:45Z", cumulativeRate=4.25, ordersImpacted=17,
        performanceStandard="<= 5.5%", performanceRiskLevel="MONITOR", cumulativeRateTrend="NEUTRAL",
    )  # fmt: skip
    assert values(host.fetch("performance", answer))["return_rate"] == {
        "day": TODAY, "metric": "return_rate", "segment": "merchant", "period_start": date(2026, 9, 21),
        "period_end": date(2026, 11, 19), "numerator": 17, "rate": Decimal("0.0425"), "target": Decimal("0.055"),
        "target_op": "<=", "state": "at_risk",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "target", "op"),
    [
        ("90%", "0.90", ">="),
        ("95", "0.95", ">="),
        ("> 95 %", "0.95", ">"),
        ("at least 92.5%", "0.925", ">="),
        ("≥ 90%", "0.90", ">="),
        (None, "0.90", ">="),
        ("", "0.90", ">="),
    ],
)
def test_walmarts_standard_goes_before_the_published_one(text: str | None, target: str, op: str) -> None:
    assert OTD.target(text) == (Decimal(target), op)


def test_a_metric_without_a_published_standard_has_no_target_of_our_making() -> None:
    assert LATE.target(None) == (None, "<=")
    assert LATE.target("less than 4%") == (Decimal("0.04"), "<")


@pytest.mark.parametrize(
    ("fields", "state"),
    [({"performanceRiskLevel": "GOOD"}, "good"), ({"performanceRiskLevel": "URGENT"}, "bad"),
     ({"riskLevel": "Meets standard"}, "good"), ({"riskLevel": "Monitor"}, "at_risk"), ({}, "none")],
)  # fmt: skip
def test_the_state_is_walmarts_risk_level_old_or_new(host: Host, fields: dict[str, str], state: str) -> None:
    found = values(host.fetch("performance", summary(cumulativeRate=1, **fields)))
    assert {v["state"] for v in found.values()} == {state}


@pytest.mark.parametrize("status", [204, 404, 410])
def test_no_qualifying_orders_is_no_perfect_score(host: Host, status: int) -> None:
    items = host.fetch("performance", lambda _: httpx.Response(status))
    assert {(v["rate"], v["numerator"], v["state"]) for v in values(items).values()} == {(None, None, "none")}
    assert values(items)["return_rate"]["target"] == Decimal("0.06")
    assert not [i for i in items if isinstance(i, Payload)]


@pytest.mark.parametrize("body", [b"", b'{"status":"OK","payload":null}', b'{"payload":[]}'])
def test_an_answer_without_figures_is_no_data(host: Host, body: bytes) -> None:
    items = host.fetch("performance", lambda _: httpx.Response(200, content=body))
    assert {v["rate"] for v in values(items).values()} == {None}


def test_a_payload_may_be_a_list(host: Host) -> None:
    answer = httpx.Response(200, json={"payload": [{"cumulativeRate": 2}]})
    assert values(host.fetch("performance", lambda _: answer))["refund_rate"]["rate"] == Decimal("0.02")


def test_an_error_with_status_200_is_an_error(host: Host) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"error": [{"code": "SYSTEM_ERROR", "description": "try later"}]})

    with pytest.raises(DataError, match="SYSTEM_ERROR try later"):
        host.fetch("performance", answer)


def test_nine_summaries_in_a_row_do_not_wait(host: Host) -> None:
    host.fetch("performance", summary(cumulativeRate=1))
    assert host.slept == []


def test_the_pro_seller_tier(host: Host, fixture: Callable[[str], Any]) -> None:
    example = fixture("insights-management.getSellerIncentivesInfo.200")
    for answer in (example, example["payload"]):  # wrapped as in the example, flat as in the schema
        items = host.fetch("pro-seller", lambda _, answer=answer: httpx.Response(200, json=answer))  # type: ignore[misc]
        found = values(items)
        tier = found["pro_seller_tier"]
        assert (tier["numerator"], tier["denominator"], tier["state"]) == (3, 3, "at_risk")
        assert (found["pro_seller_orders"]["numerator"], found["pro_seller_orders"]["state"]) == (1500, "good")
        cancelled = found["pro_seller_cancellation_rate"]
        assert (cancelled["rate"], cancelled["state"]) == (Decimal("0.0241"), "at_risk")
        assert len(found) == 9


def test_a_seller_without_a_standing(host: Host) -> None:
    assert host.fetch("pro-seller", lambda _: httpx.Response(404)) == []
    with pytest.raises(DataError, match="names no tier"):
        host.fetch("pro-seller", lambda _: httpx.Response(200, json={"status": "OK", "payload": {}}))
