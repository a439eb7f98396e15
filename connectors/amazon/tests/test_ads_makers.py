"""The ads streams ask a `Maker` for their reports and know no API: here it is one on the unified Ads API v1."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from amazon_spec import Specification, violations

from kpiterm.plugins import Context, Download, Window
from kpiterm_amazon import ads
from kpiterm_amazon.ads_reports import AdsReport
from kpiterm_amazon.wire import wait

if TYPE_CHECKING:
    from conftest import Host, Rows

STREAMS = (*ads.STREAMS, ads.TERMS_STREAM)
API, FILE = "https://advertising-api.amazon.com/adsApi/v1", "https://reports.s3.us-east-1.amazonaws.com/v1.json.gz"
DAY = date(2026, 11, 19)
# The columns of reporting v3 by the fields of v1.
FIELDS = {
    "date": "date.value", "campaignId": "campaign.id", "campaignName": "campaign.name",
    "campaignBudgetCurrencyCode": "budgetCurrency.value", "adGroupId": "adGroup.id", "adGroupName": "adGroup.name",
    "advertisedAsin": "advertisedProduct.id", "advertisedSku": "advertisedProduct.sku",
    "searchTerm": "searchTerm.value", "impressions": "metric.impressions", "clicks": "metric.clicks",
    "cost": "metric.totalCost", "purchases": "metric.purchases", "sales": "metric.sales",
    "unitsSold": "metric.unitsSold", "purchases7d": "metric.purchases", "sales7d": "metric.sales",
    "unitsSoldClicks7d": "metric.unitsSold",
}  # fmt: skip
VALUES: dict[str, object] = {
    "date.value": "2026-11-19", "campaign.id": "5255", "campaign.name": "Mats", "budgetCurrency.value": "USD",
    "adGroup.id": "3703", "adGroup.name": "ASINs", "advertisedProduct.id": "B01", "advertisedProduct.sku": "MAT-1",
    "searchTerm.value": "baking mat", "metric.impressions": 94, "metric.clicks": 2, "metric.totalCost": 18.52,
    "metric.purchases": 1, "metric.sales": 67.89, "metric.unitsSold": 2,
}  # fmt: skip


def unified(ctx: Context, profile_id: str, report: AdsReport, first: date, last: date) -> Iterator[Download]:
    """A `Maker` on the unified Ads API v1, as small as can be."""
    headers = {"Amazon-Ads-ClientId": ctx.settings["ads_client_id"]}
    body = {
        "accessRequestedAccounts": [{"advertiserAccountId": profile_id}],
        "reports": [
            {
                "format": "GZIP_JSON",
                "periods": [{"datePeriod": {"startDate": str(first), "endDate": str(last)}}],
                "query": {"fields": [FIELDS[column] for column in report.columns]},
            }
        ],
    }
    created = ctx.http.post(f"{API}/create/reports", json=body, headers=headers).json()["success"][0]["report"]

    def finished() -> Any:
        asked = {"reportIds": [created["reportId"]]}
        (found,) = ctx.http.post(f"{API}/retrieve/reports", json=asked, headers=headers).json()["success"]
        return found["report"] if found["report"]["status"] == "COMPLETED" else None

    made = wait(ctx, "report", finished)
    document = ctx.download(made["completedReportParts"][0]["url"])
    rows = [{c: row[FIELDS[c]] for c in report.columns} for row in json.loads(document.path.read_bytes())]
    document.path.write_text(json.dumps(rows))
    yield document


def answer(request: httpx.Request) -> httpx.Response:
    if str(request.url) == FILE:
        return httpx.Response(200, content=gzip.compress(json.dumps([VALUES]).encode()))
    done = request.url.path.endswith("/retrieve/reports")
    parts = [{"url": FILE, "sizeInBytes": 1, "urlExpirationDateTime": "2026-11-20T19:00:00Z"}]
    report = {
        "reportId": "r1", "status": "COMPLETED" if done else "PENDING", "format": "GZIP_JSON",
        "periods": [{"datePeriod": {"startDate": str(DAY), "endDate": str(DAY)}}], "query": {"fields": ["date.value"]},
        "creationDateTime": "2026-11-20T18:00:00Z",
        "lastUpdatedDateTime": "2026-11-20T18:00:00Z", **({"completedReportParts": parts} if done else {}),
    }  # fmt: skip
    return httpx.Response(207, json={"success": [{"index": 0, "report": report}], "error": []})


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_a_stream_takes_its_rows_from_another_api(
    host: Host, monkeypatch: pytest.MonkeyPatch, spooled: Callable[..., dict[str, Rows]], stream: Any
) -> None:
    monkeypatch.setattr(ads, "MAKE", unified)
    end = datetime(2026, 11, 20, 8, tzinfo=UTC)
    ctx = host.context(answer)
    rows = spooled(stream.shape, stream.fetch(ctx, Window(end - timedelta(days=1), end)), ctx.marketplace)["ad_day"]
    (row,) = rows
    assert (row["day"], row["campaign_id"], str(row["spend"]), row["clicks"]) == (DAY, "5255", "18.5200", 2)
    assert (str(row["attributed_sales"]), row["attributed_units"], row["currency"]) == ("67.8900", 2, "USD")
    assert {request.url.path for request in host.requests} >= {"/adsApi/v1/create/reports"}
    assert not [request for request in host.requests if request.url.path.startswith("/reporting/")]


def test_the_other_api_is_the_one_that_amazon_publishes(host: Host, shared: Path) -> None:
    spec = Specification(shared / "specs/amazon")
    known = json.loads((shared / "specs/amazon/ads/ads_v1_report_fields.json").read_text())
    assert set(FIELDS.values()) <= {*known["metrics"], *known["dimensions"]}
    list(unified(host.context(answer), "42", ads.PRODUCTS, DAY, DAY))
    asked = [request for request in host.requests if str(request.url) != FILE]
    assert [fault for request in asked for fault in spec.faults(request)] == []
    for request in asked:
        operation = spec.operation(request)
        assert operation
        schema = operation.spec["responses"]["207"]["content"]["application/json"]["schema"]
        assert list(violations(operation.document, schema, answer(request).json())) == []
