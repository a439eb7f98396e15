"""Amazon Ads: profiles and reporting v3, with the errors that the real service gives."""

from __future__ import annotations

import json
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from kpiterm.sandbox.amazon.ads_rows import report_rows
from kpiterm.sandbox.amazon.ads_types import Configuration, InvalidReportError, parse_request
from kpiterm.sandbox.amazon.storage import ADS_HOST, Document, Storage
from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.limits import Plan
from kpiterm.sandbox.orders import business_day
from kpiterm.sandbox.shop import CURRENCY, MARKETPLACE_ID
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.amazon.identity import Identity
    from kpiterm.sandbox.amazon.lwa import Tokens
    from kpiterm.sandbox.vendor import World

URL_SECONDS = 3600
CREATE_TYPE = "application/vnd.createasyncreportrequest.v3+json"
_PLAN = Plan(2.0, 10)  # Amazon publishes no figures; its limits move with load
_ANSWER_TYPE = "application/vnd.{}asyncreportresponse.v3+json"


@dataclass
class AdReport:
    """One requested report; its rows are taken from the shop at the moment of the request."""

    report_id: str
    configuration: Configuration
    created: float
    at: int
    outcome: str = "COMPLETED"


class AdsApi:
    """Answers for the advertising host."""

    def __init__(self, world: World, identity: Identity, tokens: Tokens, storage: Storage) -> None:
        self._world, self._identity, self._tokens, self._storage = world, identity, tokens, storage
        self._client = identity.apps[1].client_id
        self._reports: dict[str, AdReport] = {}
        self._lock = Lock()

    def answer(self, request: Request) -> Response:
        """Checks token, client, limits and profile, then the operation."""
        response = self._checked(request)
        response.headers["x-amzn-RequestId"] = str(uuid4())
        return response

    def _checked(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or self._tokens.state(token, "advertising") != "ok":
            return refuse(401, "Not authorized to access: the access token is missing, expired or invalid.")
        if request.headers.get("amazon-advertising-api-clientid") != self._client:
            return refuse(401, "Not authorized: Amazon-Advertising-API-ClientId does not belong to the access token.")
        if self._world.throttle and (wait := self._world.buckets.take("advertising", self._client, _PLAN)):
            self._world.throttled["advertising"] += 1
            return too_many(wait)
        if request.path == "/v2/profiles" and request.method == "GET":
            return json_response(200, [self._profile()])
        if request.headers.get("amazon-advertising-api-scope") != str(self._identity.profile_id):
            return refuse(401, "Not authorized to manage this profile. Please check permissions and consent.")
        return self._reporting(request)

    def _reporting(self, request: Request) -> Response:
        head, _, report_id = request.path.removeprefix("/reporting/reports").partition("/")
        if head or not request.path.startswith("/reporting/reports"):
            return refuse(404, f"Method {request.method} {request.path} is not supported.")
        if not report_id and request.method == "POST":
            return self._create(request)
        report = self._reports.get(report_id)
        if report is None:
            return refuse(404, f"Report {report_id} was not found.")
        if request.method == "GET":
            return self._answer(200, self._view(report), "get")
        return self._delete(report) if request.method == "DELETE" else refuse(405, "Method not allowed.")

    def _profile(self) -> dict[str, Any]:
        account = {
            "marketplaceStringId": MARKETPLACE_ID,
            "id": self._identity.seller_id,
            "type": "seller",
            "name": self._identity.store_name,
            "validPaymentMethod": True,
        }
        return {
            "profileId": self._identity.profile_id,
            "countryCode": "US",
            "currencyCode": CURRENCY,
            "dailyBudget": 999999999.0,
            "timezone": "America/Los_Angeles",
            "accountInfo": account,
        }

    def _create(self, request: Request) -> Response:
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != CREATE_TYPE:
            return refuse(415, f"Cannot consume content type {content_type or '(none)'}; send {CREATE_TYPE}.")
        moment = self._world.clock()
        try:
            configuration = parse_request(request.body, business_day(moment.timestamp()))
        except InvalidReportError as error:
            return refuse(400, str(error))
        with self._lock:
            for running in self._reports.values():
                if running.configuration == configuration and self._status(running) in {"PENDING", "PROCESSING"}:
                    return refuse(425, f"The Request is a duplicate of : {running.report_id}")
            # Derived from a counter, so that two runs of a seed name their reports alike.
            report_id = str(UUID(int=self._identity.profile_id * 10**9 + len(self._reports), version=4))
            failed = self._world.faults.fails_first(f"ads {configuration.echo}")
            outcome = "FAILED" if failed else "COMPLETED"
            report = AdReport(report_id, configuration, self._world.clock.time(), int(moment.timestamp()), outcome)
            self._reports[report_id] = report
        return self._answer(200, self._view(report), "create")

    def _delete(self, report: AdReport) -> Response:
        if self._status(report) != "PENDING":
            return refuse(400, f"Report {report.report_id} is no longer PENDING and cannot be deleted.")
        del self._reports[report.report_id]
        detail = {"reportId": report.report_id, "code": "SUCCESS", "detail": "Report was deleted."}
        return self._answer(200, detail, "delete")

    def _status(self, report: AdReport) -> str:
        waited, total = self._world.clock.time() - report.created, self._world.report_seconds
        return "PENDING" if waited < total / 4 else "PROCESSING" if waited < total else report.outcome

    def _view(self, report: AdReport) -> dict[str, Any]:
        status, asked = self._status(report), report.configuration
        done = status == "COMPLETED"
        finished = iso(report.created + self._world.report_seconds)
        return {
            "reportId": report.report_id,
            "status": status,
            "name": asked.name,
            "startDate": str(asked.start),
            "endDate": str(asked.end),
            "configuration": json.loads(asked.echo),
            "createdAt": iso(report.created),
            "updatedAt": finished if done else iso(report.created),
            "generatedAt": finished if done else None,
            "fileSize": self._store(report) if done else None,
            "url": self._storage.url(ADS_HOST, _key(report), URL_SECONDS) if done else None,
            "urlExpiresAt": iso(self._world.clock.time() + URL_SECONDS) if done else None,
            "failureReason": "Report generation failed due to an internal error." if status == "FAILED" else None,
        }

    def _store(self, report: AdReport) -> int:
        def make() -> Document:
            rows = report_rows(self._world.shop, report.configuration, report.at)
            return Document(json.dumps(rows).encode(), "application/octet-stream")

        return self._storage.put(_key(report), make)

    @staticmethod
    def _answer(status: int, value: dict[str, Any], operation: str) -> Response:
        response = json_response(status, value)
        response.content_type = _ANSWER_TYPE.format(operation)
        return response


def _key(report: AdReport) -> str:
    return f"{report.report_id}/report-{report.report_id}.json.gz"


def too_many(seconds: float) -> Response:
    """429 with the whole seconds until the next request."""
    return refuse(429, "Too Many Requests", {"Retry-After": str(int(seconds) + 1)})


def refuse(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """`{code, detail}`, the error shape of reporting v3."""
    return json_response(status, {"code": str(status), "detail": detail}, headers)
