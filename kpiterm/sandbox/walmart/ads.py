"""Sponsored Search: snapshots that are asked for and polled, the campaigns, today's figures."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kpiterm.sandbox.advertising import AdTotals
from kpiterm.sandbox.orders import PACIFIC, business_day
from kpiterm.sandbox.walmart.ads_api import PREFIX, failure
from kpiterm.sandbox.walmart.ads_rows import GROUPS, ad_group_id, campaign_id, snapshot_rows, unknown_metrics
from kpiterm.sandbox.walmart.api import Route
from kpiterm.sandbox.walmart.csv_zip import csv_text
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.business import WalmartShop
    from kpiterm.sandbox.walmart.identity import Identity

LOOKBACK_DAYS = 90
FILE_SECONDS = 86400
_TYPES = (
    *("adGroup", "adItem", "brand", "category", "itemHealth", "itemKeyword", "keyword", "outOfBudgetRecommendations"),
    *(
        "pageType",
        "platform",
        "placement",
        "attributedPurchases",
        "searchImpression",
        "videoCampaigns",
        "videoKeywords",
    ),
)
_FIELDS = frozenset(("advertiserId", "reportDate", "startDate", "endDate", "reportType", "reportMetrics"))


@dataclass(frozen=True)
class Snapshot:
    """One accepted request."""

    snapshot_id: str
    report_type: str
    first: date
    last: date
    metrics: tuple[str, ...]
    created: float
    at: datetime
    fails: bool = False


class InvalidSnapshotError(Exception):
    """The request is refused with this text."""


class Ads:
    """The advertiser's snapshots and campaigns."""

    def __init__(self, world: World, shop: WalmartShop, identity: Identity) -> None:
        self._world, self._shop, self._identity, self._lock = world, shop, identity, Lock()
        self._snapshots: dict[str, Snapshot] = {}

    def routes(self) -> list[Route]:
        """Paths are behind the host's own prefix, so the final one really has `/v1/api/v2/` in it."""
        return [
            Route("POST", "/api/v2/snapshot/report", "createSnapshot", self._create),
            Route("GET", "/api/v2/snapshot", "getSnapshot", self._poll),
            Route("GET", "/api/v2/latestReportDate", "getLatestReportDate", self._latest),
            Route("GET", "/api/v1/campaigns", "getCampaigns", self._campaigns),
            Route("GET", "/api/v1/stats", "getStats", self._stats),
            Route("GET", "/file/(?P<snapshot_id>[^/]+)", "getSnapshotFile", self._file),
        ]

    def _create(self, request: Request, _: dict[str, str]) -> Response:
        moment = self._world.clock()
        try:
            body = json.loads(request.body)
            asked = self._parse(body if isinstance(body, dict) else {}, business_day(moment.timestamp()))
        except ValueError:
            return failure(400, "The body must be a JSON object.")
        except InvalidSnapshotError as error:
            return failure(400, str(error))
        with self._lock:
            number = self._identity.advertiser_id << 64 | len(self._snapshots)
            snapshot_id = str(UUID(int=number, version=4))
            fails = self._world.faults.fails_first(f"snapshot {asked[0]}")
            self._snapshots[snapshot_id] = Snapshot(snapshot_id, *asked, self._world.clock.time(), moment, fails)
        return json_response(200, {"code": "success", "snapshotId": snapshot_id, "jobStatus": "pending", "details": ""})

    def _parse(self, body: dict[str, Any], today: date) -> tuple[str, date, date, tuple[str, ...]]:
        if unknown := body.keys() - _FIELDS:
            raise InvalidSnapshotError(f"unknown field {', '.join(sorted(unknown))}")
        if body.get("advertiserId") != self._identity.advertiser_id:
            raise InvalidSnapshotError(f"advertiserId {body.get('advertiserId')} is not one that this consumer may see")
        report_type, metrics = body.get("reportType"), body.get("reportMetrics")
        if report_type not in _TYPES:
            raise InvalidSnapshotError(f"reportType must be one of {', '.join(_TYPES)}")
        if report_type not in GROUPS:
            raise InvalidSnapshotError(f"the sandbox makes the report types {', '.join(GROUPS)}, not {report_type}")
        if not isinstance(metrics, list) or not metrics or not all(isinstance(name, str) for name in metrics):
            raise InvalidSnapshotError("reportMetrics must be a list of at least one name")
        if wrong := unknown_metrics(report_type, metrics):
            raise InvalidSnapshotError(f"reportMetrics not valid for {report_type}: {', '.join(wrong)}")
        return report_type, *_dates(body, today), tuple(metrics)

    def _status(self, snapshot: Snapshot) -> str:
        waited, total = self._world.clock.time() - snapshot.created, self._world.report_seconds
        if waited >= total + FILE_SECONDS:
            return "expired"
        if waited < total:
            return "pending" if waited < total / 4 else "processing"
        return "failed" if snapshot.fails else "done"

    def _poll(self, request: Request, _: dict[str, str]) -> Response:
        snapshot = self._snapshots.get(request.query.get("snapshotId", ""))
        if refused := self._other_advertiser(request):
            return refused
        if snapshot is None:
            return failure(400, "snapshotId is unknown.")
        status = self._status(snapshot)
        url = f"https://{request.host}{PREFIX}/file/{snapshot.snapshot_id}"
        details = {"done": url, "failed": "Internal error while the report was generated."}.get(status, "")
        body = {"code": "success", "snapshotId": snapshot.snapshot_id, "jobStatus": status, "details": details}
        return json_response(200, body)

    def _file(self, _: Request, groups: dict[str, str]) -> Response:
        snapshot = self._snapshots.get(groups["snapshot_id"])
        if snapshot is None or self._status(snapshot) != "done":
            return failure(404, "The snapshot does not exist, is not done, or has expired.")
        found = snapshot_rows(
            self._shop, snapshot.report_type, snapshot.first, snapshot.last, snapshot.metrics, snapshot.at
        )
        body = gzip.compress(csv_text(snapshot.metrics, found).encode(), compresslevel=3, mtime=0)
        return Response(200, body, "application/octet-stream")

    def _other_advertiser(self, request: Request) -> Response | None:
        if request.query.get("advertiserId") == str(self._identity.advertiser_id):
            return None
        return failure(400, "advertiserId is missing or not one that this consumer may see.")

    def _latest(self, _: Request, __: dict[str, str]) -> Response:
        now = self._world.clock()
        day = business_day(now.timestamp()) - timedelta(days=1)
        while not self._shop.shop.ads_visible(day, int(now.timestamp())):
            day -= timedelta(days=1)
        return json_response(200, [{"reportType": name, "latestReportDate": str(day)} for name in GROUPS])

    def _campaigns(self, request: Request, _: dict[str, str]) -> Response:
        if refused := self._other_advertiser(request):
            return refused
        wanted = request.query.get("campaignId", "")
        views = [
            {
                "name": campaign.name,
                "campaignType": "sponsoredProducts",
                "targetingType": "manual" if campaign.match == "EXACT" else "auto",
                "status": "live",
                "budgetType": "daily",
                "startDate": str(self._shop.shop.first_day),
                "endDate": "9999-12-31",
                "totalBudget": 0,
                "dailyBudget": campaign.budget / 100,
                "rollover": False,
                "advertiserId": self._identity.advertiser_id,
                "campaignId": campaign_id(campaign),
                "biddingStrategy": {"strategy": "DYNAMIC"},
                "channel": "Walmart.com",
            }
            for campaign in self._shop.campaigns
            if wanted in {"", str(campaign_id(campaign))}
        ]
        return json_response(200, views)

    def _stats(self, request: Request, _: dict[str, str]) -> Response:
        if refused := self._other_advertiser(request):
            return refused
        moment = self._world.clock()
        local = moment.astimezone(PACIFIC)
        share = (local.hour * 60 + local.minute) / 1440
        totals = {campaign: AdTotals() for campaign in self._shop.campaigns}
        for cell in self._shop.day_ads(business_day(moment.timestamp())):
            totals[cell.campaign].add(cell, int(moment.timestamp()))
        views = [
            {
                "campaignId": campaign_id(campaign),
                "adgroupId": ad_group_id(campaign),
                "todayAdSpend": round(sums.cost * share / 100, 2),
                "asOf": local.strftime("%Y-%m-%d %H:%M"),
                "dailyRemainingBudget": round(max(0.0, campaign.budget - sums.cost * share) / 100, 2),
                "todayImpressions": int(sums.impressions * share),
                "todayClicks": int(sums.clicks * share),
            }
            for campaign, sums in totals.items()
        ]
        return json_response(200, views)


def _dates(body: dict[str, Any], today: date) -> tuple[date, date]:
    """Either `reportDate` or both ends of a range, never today, and not older than 90 days."""
    single, pair = body.get("reportDate"), [body.get(name) for name in ("startDate", "endDate")]
    if (single is None) == (pair == [None, None]) or (single is None and None in pair):
        raise InvalidSnapshotError("give either reportDate or startDate and endDate")
    try:
        first, last = (date.fromisoformat(str(text)) for text in (pair if single is None else (single, single)))
    except ValueError:
        raise InvalidSnapshotError("dates must be like 2026-01-31") from None
    if first > last:
        raise InvalidSnapshotError("startDate must not be later than endDate")
    if last >= today:
        raise InvalidSnapshotError("reports end with the day before the current date")
    if first < today - timedelta(days=LOOKBACK_DAYS):
        raise InvalidSnapshotError(f"dates must lie within the last {LOOKBACK_DAYS} days")
    return first, last
