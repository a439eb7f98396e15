"""Sponsored Products: the life of an ads report, and numbers that pass through no float."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import Payload, TransientError, Window
from kpiterm_amazon import ads, ads_reports, ads_v3

if TYPE_CHECKING:
    from conftest import Host, Rows

WINDOW = Window(datetime(2026, 10, 21, 7, tzinfo=UTC), datetime(2026, 11, 20, 8, tzinfo=UTC))
RUNNING_ID = "8a7e5e21-0b3c-4c6e-9d52-5b1f6a1c2d3e"
FILE_HOST = "offline-report-storage-us-east-1-prod.s3.amazonaws.com"


STREAMS = (*ads.STREAMS, ads.TERMS_STREAM)


class Stopped(Exception):
    """The machine went down."""


def _stop(_seconds: float) -> None:
    raise Stopped


class AmazonAds:
    """Reporting v3 as a script: the states that a report goes through, the last one stays."""

    def __init__(self, *states: str | int, body: bytes = b"[]", create: int = 200, refusals: int = 0) -> None:
        self.states, self.body, self.create, self.refusals = list(states), body, create, refusals

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == FILE_HOST:
            assert "authorization" not in request.headers
            if self.refusals:
                self.refusals -= 1
                return httpx.Response(403, content=b"<Error><Message>Request has expired</Message></Error>")
            return httpx.Response(200, content=gzip.compress(self.body))
        assert request.headers["Amazon-Advertising-API-Scope"] == "42"
        assert request.headers["Amazon-Advertising-API-ClientId"] == "ads-client"
        assert request.headers["Authorization"] == "Bearer Atza|token"
        if request.method == "POST":
            return self._created(request)
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, int):
            return httpx.Response(state, json={"code": str(state), "detail": "not found"})
        report_id = request.url.path.rpartition("/")[2]
        return httpx.Response(200, json=self._state(report_id, state))

    def _created(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["Content-Type"] == "application/vnd.createasyncreportrequest.v3+json"
        if self.create == 425:
            detail = f"The Request is a duplicate of : {RUNNING_ID}"
            return httpx.Response(425, json={"code": "425", "detail": detail})
        return httpx.Response(200, json=self._state("new-report", "PENDING"))

    @staticmethod
    def _state(report_id: str, state: str) -> dict[str, Any]:
        url = f"https://{FILE_HOST}/{report_id}.json.gz" if state == "COMPLETED" else None
        reason = "internal failure" if state == "FAILED" else None
        return {"reportId": report_id, "status": state, "url": url, "failureReason": reason}


def fetch(ctx: Any, report: ads_reports.AdsReport = ads.CAMPAIGNS) -> list[bytes]:
    bodies = []
    for payload in ads.fetch(report, ctx, WINDOW):
        assert isinstance(payload.body, Path)
        bodies.append(payload.body.read_bytes())
    return bodies


def test_a_report_of_the_windows_days_is_asked_for_and_unpacked(host: Host) -> None:
    amazon = AmazonAds("PENDING", "PROCESSING", "COMPLETED", body=b'[{"cost": 1.10}]')
    assert fetch(host.context(amazon)) == [b'[{"cost": 1.10}]']
    asked = json.loads(host.asked("POST", ads_v3.REPORTS)[0].content)
    assert (asked["startDate"], asked["endDate"]) == ("2026-10-21", "2026-11-19")
    assert asked["configuration"]["reportTypeId"] == "spCampaigns"
    assert asked["configuration"]["timeUnit"] == "DAILY"
    assert host.state == {}


def test_every_column_asked_for_exists(shared: Path) -> None:
    """One unknown column fails the whole request."""
    types = json.loads((shared / "specs/amazon/ads/ads_v3_report_types.json").read_text())["reportTypes"]
    for report in (ads.CAMPAIGNS, ads.PRODUCTS, ads.TERMS, ads.BRANDS, ads.DISPLAY):
        known = types[report.type_id]
        assert set(report.columns) <= {
            *known["baseColumns"],
            *known["extraColumnsByGroup"].get(report.group_by, ()),
        }
        assert report.group_by in known["groupBy"]
        assert report.ad_product == known["adProduct"]
        stream = next(s for s in STREAMS if s.fetch.args == (report,))  # type: ignore[attr-defined]
        assert stream.max_window.days <= known["maxSpanDays"]
        assert stream.history.days < known["retentionDays"]


def test_a_running_duplicate_is_adopted(host: Host) -> None:
    assert fetch(host.context(AmazonAds("PROCESSING", "COMPLETED", create=425))) == [b"[]"]
    assert {r.url.path.rpartition("/")[2] for r in host.asked("GET", ads_v3.REPORTS)} == {RUNNING_ID}


def test_a_broken_off_run_is_resumed_with_the_same_report(host: Host) -> None:
    with pytest.raises(Stopped):
        fetch(host.context(AmazonAds("PENDING"), sleep=_stop))
    assert fetch(host.context(AmazonAds("PROCESSING", "COMPLETED"))) == [b"[]"]
    assert len(host.asked("POST", ads_v3.REPORTS)) == 1


def test_a_report_that_amazon_has_forgotten_is_asked_for_anew(host: Host) -> None:
    with pytest.raises(Stopped):
        fetch(host.context(AmazonAds("PENDING"), sleep=_stop))
    assert fetch(host.context(AmazonAds(404, "COMPLETED"))) == [b"[]"]
    assert len(host.asked("POST", ads_v3.REPORTS)) == 2


def test_a_slow_report_is_left_to_the_next_run(host: Host) -> None:
    with pytest.raises(TransientError, match="still running"):
        fetch(host.context(AmazonAds("PROCESSING")))
    assert list(host.state.values()) == ["new-report"]


def test_a_failed_report_says_why_and_is_not_resumed(host: Host) -> None:
    with pytest.raises(TransientError, match="internal failure"):
        fetch(host.context(AmazonAds("FAILED")))
    assert host.state == {}


def test_an_expired_address_is_asked_for_once_more(host: Host) -> None:
    assert fetch(host.context(AmazonAds("COMPLETED", refusals=1))) == [b"[]"]


def test_a_row_of_either_level(read: Callable[..., Rows]) -> None:
    body = (
        b'[{"date": "2026-11-19", "campaignId": 525534316779701, "campaignName": "Mats", "adGroupId": 370304859254119, '
        b'"adGroupName": "ASINs", "advertisedAsin": "B0CN177JS7", "advertisedSku": "MAT-1", "impressions": 94, '
        b'"clicks": 2, "campaignBudgetCurrencyCode": "CAD", "cost": 18.52, "purchases7d": 1, "sales7d": 672.89, '
        b'"unitsSoldClicks7d": 2}]'
    )
    payload = Payload(body=body, format="json", request="ads", extra={"_ad_product": "SP"})
    common = {
        "_payload": 1,
        "day": date(2026, 11, 19),
        "last_day": date(2026, 11, 19),
        "ad_product": "SP",
        "campaign_id": "525534316779701",
        "campaign": "Mats",
        "spend": Decimal("18.52"),
        "clicks": 2,
        "impressions": 94,
        "attributed_sales": Decimal("672.89"),
        "attributed_orders": 1,
        "attributed_units": 2,
        "attribution_days": 7,
        "currency": "CAD",
    }
    campaigns, products = ads.STREAMS[:2]
    assert campaigns.shape
    assert products.shape
    (campaign,) = read(campaigns.shape, [payload])
    assert campaign == {**common, "level": "campaign", "ad_group_id": None, "sku": None, "item_id": None}
    (product,) = read(products.shape, [payload])
    where = {"ad_group_id": "370304859254119", "sku": "MAT-1", "item_id": "B0CN177JS7"}
    assert product == {**common, "level": "product", **where}


@pytest.mark.parametrize("name", ["a_sp_advertised_product_2026-01.json", "b_sp_advertised_product_20260410.json"])
def test_real_reports_add_up_to_the_cent(shared: Path, read: Callable[..., Rows], name: str) -> None:
    """Real files of one-day attribution, with the names of seven days, as the vendor wrote their numbers."""
    body = (shared / "data/ads_api_v3_in" / name).read_bytes()
    body = re.sub(rb'"(purchases|sales|unitsSoldClicks)1d"', rb'"\g<1>7d"', body)
    body = body.replace(b"{", b'{"date": "2026-01-31", ')
    source = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    shape = ads.STREAMS[1].shape
    assert shape
    rows = read(shape, [Payload(body=body, format="json", request="ads", extra={"_ad_product": "SP"})])
    for column, field in (("spend", "cost"), ("attributed_sales", "sales7d"), ("clicks", "clicks")):
        assert sum(row[column] for row in rows) == sum(entry[field] for entry in source)
    assert {row["campaign_id"] for row in rows} == {str(entry["campaignId"]) for entry in source}
    assert len(rows) == len(source) > 50


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("a_sb_campaigns_20260410.json", "SB"),
        ("a_sd_campaigns_2026-01.json", "SD"),
        ("a_sd_campaigns_2026-02.json", "SD"),
        ("b_sd_campaigns_20260410.json", "SD"),
    ],
)
def test_real_brands_and_display_reports_add_up(
    shared: Path, read: Callable[..., Rows], name: str, product: str
) -> None:
    """Their columns do not name the fourteen days; the units are those after a click, which the files hold alone."""
    body = (shared / "data/ads_api_v3_in" / name).read_bytes().replace(b'"unitsSoldClicks"', b'"unitsSold"')
    source = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    body = body.replace(b"{", b'{"date": "2026-01-31", ')
    stream = next(s for s in ads.STREAMS if s.name == {"SB": "ads-brands", "SD": "ads-display"}[product])
    assert stream.shape
    rows = read(stream.shape, [Payload(body=body, format="json", request="ads", extra={"_ad_product": product})])
    fields = {
        "spend": "cost", "attributed_sales": "sales", "attributed_orders": "purchases", "clicks": "clicks",
        "attributed_units": "unitsSold", "impressions": "impressions",
    }  # fmt: skip
    for column, field in fields.items():
        assert sum(row[column] for row in rows) == sum(entry[field] for entry in source)
    assert len(rows) == len(source)
    assert {(row["ad_product"], row["attribution_days"]) for row in rows} <= {(product, 14)}


def test_real_search_terms_are_added_up_over_their_targets(shared: Path, read: Callable[..., Rows]) -> None:
    body = (shared / "data/ads_api_v3_in/b_sp_search_terms_20260410.json").read_bytes()
    body = re.sub(rb'"(purchases|sales|unitsSoldClicks)1d"', rb'"\g<1>7d"', body)
    source = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    body = body.replace(b"{", b'{"date": "2026-04-10", ')
    assert ads.TERMS_STREAM.shape
    payload = Payload(body=body, format="json", request="ads", extra={"_ad_product": "SP"})
    rows = read(ads.TERMS_STREAM.shape, [payload])
    for column, field in (("spend", "cost"), ("attributed_sales", "sales7d"), ("clicks", "clicks")):
        assert sum(row[column] for row in rows) == sum(entry[field] for entry in source)
    groups = {(entry["campaignId"], entry["adGroupId"], entry["searchTerm"]) for entry in source}
    assert len(rows) == len(groups) <= len(source)
    assert {row["level"] for row in rows} == {"search_term"}
