from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from kpiterm.sandbox.orders import business_day

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient

FILE, OCTETS = "/v3/report/reconreport/reconFile", {"Accept": "application/octet-stream"}


def cents(text: str) -> int:
    return round(float(text) * 100)


def dates(walmart: WalmartClient) -> list[str]:
    answer = walmart.get("/v3/report/reconreport/availableReconFiles", reportVersion="v1").json()
    return list(answer["availableApReportDates"])


def recon(walmart: WalmartClient, report_date: str) -> list[dict[str, str]]:
    answer = walmart.get(FILE, OCTETS, reportDate=report_date, reportVersion="v1").raise_for_status()
    assert answer.content[:2] == b"PK"
    return walmart.unzipped(answer.content)


def test_a_file_every_two_weeks(walmart: WalmartClient) -> None:
    found = [datetime.strptime(text, "%m%d%Y") for text in dates(walmart)]  # noqa: DTZ007 - a date, no moment
    assert len(found) >= 7
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(days=14)}


def test_the_payment_is_the_sum_of_its_rows(walmart: WalmartClient) -> None:
    for report_date in dates(walmart):
        summary, *rows = recon(walmart, report_date)
        assert summary["Transaction Type"] == "PaymentSummary"
        assert cents(summary["Total Payable"]) == sum(cents(row["Amount"]) for row in rows)
        keys = [row["Transaction Key"] for row in rows]
        assert len(set(keys)) == len(keys)


def test_sales_and_refunds_of_a_period_are_those_of_the_orders(walmart: WalmartClient) -> None:
    summary, *rows = recon(walmart, dates(walmart)[-1])
    first, last = (
        datetime.strptime(summary[f"Period {end} Date"], "%m/%d/%Y").date()  # noqa: DTZ007
        for end in ("Start", "End")
    )
    sums = Counter[tuple[str, str]]()
    for row in rows:
        sums[row["Transaction Type"], row["Amount Type"]] += cents(row["Amount"])
    shipped = sum(
        line.price - line.discount
        for order in walmart.truth.orders(first - timedelta(days=20), last, walmart.now)
        for line in order.lines
        if order.shipped and not line.cancelled and first <= business_day(order.shipped) <= last
    )
    assert sums["Sale", "Product Price"] == shipped
    assert -sums["Refund", "Product Price"] == walmart.truth.refunds(first, last, at=walmart.now).price
    assert sums["Sale", "Product Tax"] == -sums["Sale", "Product Tax Withheld"] > 0
    assert sums["Sale", "Commission on Product"] == pytest.approx(-0.15 * shipped, rel=0.05)
    assert sums["Service Fee", "Fee/Reimbursement"] < 0
    assert sums["Adjustment", "Fee/Reimbursement"] < 0


def test_other_accept_headers_are_not_acceptable(walmart: WalmartClient) -> None:
    for accept in ("application/json", "text/csv", "*/*"):
        answer = walmart.get(FILE, {"Accept": accept}, reportDate=dates(walmart)[0], reportVersion="v1")
        assert answer.status_code == 406


def test_a_date_without_a_file_is_an_error_with_status_200(walmart: WalmartClient) -> None:
    answer = walmart.get(FILE, OCTETS, reportDate="01011999", reportVersion="v1")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    assert "REPORT_NOT_FOUND" in answer.text
    for query in ({"reportVersion": "v1"}, {"reportDate": dates(walmart)[0]}):
        assert walmart.get(FILE, OCTETS, **query).status_code == 400


def test_as_json_a_file_is_cut_at_a_thousand_rows(walmart: WalmartClient) -> None:
    path, report_date = "/v3/report/reconreport/reconFileJson", dates(walmart)[-1]
    whole = recon(walmart, report_date)
    assert len(whole) > 1000
    body = walmart.get(path, reportDate=report_date, offset="0", noOfRecords="1000").json()
    assert body["totalRecords"] == len(body["reportData"]) == 1000
    refused = walmart.get(path, reportDate=report_date, offset="1000", noOfRecords="1000")
    assert refused.json() == {"errorCode": "400.INVALID_OFFSET", "message": "offset must be 0.", "status": 400}
    assert walmart.get(path, reportDate=report_date, offset="0", noOfRecords="1001").status_code == 400


def test_the_statement_of_the_running_period_adds_up(walmart: WalmartClient) -> None:
    payload = walmart.get("/v3/report/payment/statement").json()["payload"]
    summary, details = payload["accountSummary"], payload["transactionDetails"]
    parts = details["saleAggregate"]["netPayable"] + details["refundDetails"]["netPayable"]
    assert summary["orderActivity"] == pytest.approx(parts)
    assert summary["closingBalance"] == pytest.approx(parts + details["wfs"]["netPayable"])
    assert summary["settleCycle"] == "Bi-weekly"
    assert summary["scheduledSettlementDate"] > str(walmart.now.date())


def test_the_performance_call_agrees_with_the_single_metrics(walmart: WalmartClient) -> None:
    blocks = walmart.get("/v3/report/payment/performance").json()["payload"]
    assert set(blocks) == {"7DAY", "14DAY", "30DAY", "60DAY", "90DAY"}
    path = "/v3/insights/performance/{}/summary"
    for days in (30, 90):
        cancelled = walmart.get(path.format("cancellations"), reportDuration=days).json()["payload"]
        assert blocks[f"{days}DAY"]["cancellationSellerFault"] == cancelled["cumulativeRate"]
        on_time = walmart.get(path.format("otd"), reportDuration=days).json()["payload"]
        assert blocks[f"{days}DAY"]["otd"] == on_time["sellerAccountableRate"]
