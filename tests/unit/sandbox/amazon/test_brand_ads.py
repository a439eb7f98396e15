from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.sandbox.amazon.brand_ads import brand_totals

if TYPE_CHECKING:
    from kpiterm.sandbox.amazon.brand_ads import BrandKind
    from tests.unit.sandbox.conftest import AmazonClient

BRANDS: dict[str, Any] = {"reportTypeId": "sbCampaigns", "adProduct": "SPONSORED_BRANDS"}
DISPLAY: dict[str, Any] = {"reportTypeId": "sdCampaigns", "adProduct": "SPONSORED_DISPLAY"}
COLUMNS = ["date", "campaignId", "impressions", "clicks", "cost", "purchases", "sales", "unitsSold"]


@pytest.mark.parametrize(("kind", "report"), [("SB", BRANDS), ("SD", DISPLAY)])
def test_a_report_equals_the_shops_truth(amazon: AmazonClient, kind: BrandKind, report: dict[str, Any]) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 21)
    rows = amazon.ads_report(startDate=str(first), endDate=str(last), columns=COLUMNS, **report)
    truth = brand_totals(amazon.sandbox.shop, kind, first, last, at=amazon.now)
    assert sum(round(row["cost"] * 100) for row in rows) == truth.cost > 0
    assert sum(round(row["sales"] * 100) for row in rows) == truth.attributed("sales", 14) > 0
    assert sum(row["purchases"] for row in rows) == truth.attributed("purchases", 14)
    assert sum(row["unitsSold"] for row in rows) == truth.attributed("units", 14)
    assert len({(row["date"], row["campaignId"]) for row in rows}) == len(rows) == 42


@pytest.mark.parametrize(("report", "days"), [(BRANDS, 60), (DISPLAY, 65)])
def test_history_is_shorter_than_that_of_sponsored_products(
    amazon: AmazonClient, report: dict[str, Any], days: int
) -> None:
    for back, code in ((days, 200), (days + 1, 400)):
        day = str(amazon.now.date() - timedelta(days=back))
        asked = amazon.ads_request(startDate=day, endDate=day, columns=COLUMNS, **report)
        kind = {"Content-Type": "application/vnd.createasyncreportrequest.v3+json"}
        assert amazon.ads("POST", "/reporting/reports", kind, json=asked).status_code == code


def test_the_product_and_windowed_columns_do_not_exist(amazon: AmazonClient) -> None:
    kind = {"Content-Type": "application/vnd.createasyncreportrequest.v3+json"}
    for column in ("sales14d", "advertisedSku"):
        asked = amazon.ads_request(columns=[*COLUMNS, column], **BRANDS)
        assert amazon.ads("POST", "/reporting/reports", kind, json=asked).status_code == 400


def test_attributed_sales_are_restated(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(token_seconds=10**7)
    days = {"startDate": "2026-11-10", "endDate": "2026-11-21"}
    early, late = 0.0, 0.0
    for kind in (BRANDS, DISPLAY):
        early += sum(row["sales"] for row in client.ads_report(columns=COLUMNS, **days, **kind))
    client.sandbox.clock.move(timedelta(days=20))
    for kind in (BRANDS, DISPLAY):
        late += sum(row["sales"] for row in client.ads_report(columns=COLUMNS, **days, **kind))
    assert late > early > 0
