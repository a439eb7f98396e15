"""Reports API 2021-06-30: create, follow, list, cancel and fetch reports."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.amazon.api import ApiError, Route, invalid
from kpiterm.sandbox.amazon.params import json_object, known_only, listed, moment, whole_number
from kpiterm.sandbox.amazon.report_types import TYPES, Asked
from kpiterm.sandbox.amazon.settlement_file import REPORT_TYPE as SETTLEMENT
from kpiterm.sandbox.amazon.settlement_file import settlement_text, settlements
from kpiterm.sandbox.amazon.storage import SP_HOST, Document, Storage
from kpiterm.sandbox.amazon.tokens import seal, unseal
from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.orders import DAY
from kpiterm.sandbox.shop import MARKETPLACE_ID
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.vendor import World

URL_SECONDS = 300
_RETENTION = 90 * DAY
_STATUSES = ("CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE")
_FIELDS = ("reportType", "marketplaceIds", "dataStartTime", "dataEndTime", "reportOptions")
_FILTERS = ("reportTypes", "processingStatuses", "marketplaceIds", "pageSize", "createdSince", "createdUntil")


@dataclass
class Report:
    """One requested report; the outcome is settled when it is created and shows once it is through the queue."""

    report_id: str
    report_type: str
    asked: Asked
    created: float
    outcome: str
    document: Document | None
    cancelled: bool = field(default=False)

    @property
    def document_id(self) -> str:
        return f"amzn1.spdoc.1.4.na.{self.report_id}"


class Reports:
    """All reports of the seller; a quarter of `report_seconds` is spent in the queue."""

    def __init__(self, world: World, storage: Storage) -> None:
        self._world, self._storage, self._lock = world, storage, Lock()
        self._reports: dict[str, Report] = {}
        self._accepted: dict[str, float] = {}

    def routes(self) -> list[Route]:
        base = "/reports/2021-06-30"
        one = f"{base}/reports/(?P<report_id>[^/]+)"
        return [
            Route("POST", f"{base}/reports", "createReport", self._create),
            Route("GET", f"{base}/reports", "getReports", self._list),
            Route("GET", one, "getReport", self._get),
            Route("DELETE", one, "cancelReport", self._cancel),
            Route("GET", f"{base}/documents/(?P<document_id>[^/]+)", "getReportDocument", self._document),
        ]

    def _create(self, request: Request, _: dict[str, str]) -> Response:
        body = json_object(request.body)
        known_only(body, _FIELDS)
        report_type = str(body.get("reportType", ""))
        if report_type == SETTLEMENT:
            raise invalid(f"{report_type} cannot be requested; Amazon makes it, getReports lists it.")
        if report_type not in TYPES:
            raise invalid(f"Invalid Report Type {report_type}; the sandbox makes {', '.join(TYPES)}.")
        _check_marketplaces(body.get("marketplaceIds"))
        asked = self._asked(report_type, body)
        with self._lock:
            now = self._world.clock.time()
            outcome, document = self._settle(report_type, asked, now)
            if self._world.faults.fails_first(f"report {report_type}"):
                outcome, document = ("CANCELLED", "FATAL")[len(self._reports) % 2], None
            report_id = str(50_000_000_000 + sum(r.report_type != SETTLEMENT for r in self._reports.values()))
            self._reports[report_id] = Report(report_id, report_type, asked, now, outcome, document)
        return json_response(202, {"reportId": report_id})

    def _asked(self, report_type: str, body: dict[str, Any]) -> Asked:
        now = self._world.clock().timestamp()
        start, end = moment(body, "dataStartTime"), moment(body, "dataEndTime")
        start, end = now if start is None else start, now if end is None else end
        if start > end:
            raise invalid("dataStartTime must not be later than dataEndTime.")
        options = body.get("reportOptions") or {}
        if not isinstance(options, dict) or not all(isinstance(v, str) for v in options.values()):
            raise invalid("reportOptions must be an object of strings.")
        for name, value in options.items():
            if value not in TYPES[report_type].options.get(name, ()):
                raise invalid(f"Invalid report option {name}={value} for {report_type}.")
        return Asked(int(start), int(end), int(now), options)

    def _settle(self, report_type: str, asked: Asked, now: float) -> tuple[str, Document | None]:
        kind = TYPES[report_type]
        if kind.interval and self._world.throttle and now < self._accepted.get(report_type, 0) + kind.interval:
            return kind.too_soon, None
        self._accepted[report_type] = now
        if kind.max_span and asked.end - asked.start > kind.max_span:
            text = json.dumps({"errorDetails": f"The requested date range exceeds {kind.max_span // DAY} days."})
            return "FATAL", Document(text.encode(), "text/plain; charset=UTF-8")
        text_or_none = kind.make(self._world.shop, asked)
        if text_or_none is None:
            return "CANCELLED", None
        return "DONE", Document(text_or_none.encode(kind.encoding, "replace"), kind.content_type)

    def _status(self, report: Report) -> str:
        if report.cancelled:
            return "CANCELLED"
        waited, total = self._world.clock.time() - report.created, self._world.report_seconds
        return "IN_QUEUE" if waited < total / 4 else "IN_PROGRESS" if waited < total else report.outcome

    def _view(self, report: Report) -> dict[str, Any]:
        status, seconds = self._status(report), self._world.report_seconds
        view: dict[str, Any] = {
            "reportId": report.report_id,
            "reportType": report.report_type,
            "marketplaceIds": [MARKETPLACE_ID],
            "dataStartTime": iso(report.asked.start),
            "dataEndTime": iso(report.asked.end),
            "createdTime": iso(report.created),
            "processingStatus": status,
        }
        if status not in {"IN_QUEUE", "IN_PROGRESS"}:
            view["processingEndTime"] = iso(report.created + seconds)
        if status != "IN_QUEUE":
            view["processingStartTime"] = iso(report.created + seconds / 4)
        if status in {"DONE", "FATAL"} and report.document:
            view["reportDocumentId"] = report.document_id
        return view

    def _find(self, report_id: str) -> Report:
        report = self._reports.get(report_id)
        if report is None:
            raise ApiError(404, "NotFound", f"Report {report_id} was not found.")
        return report

    def _get(self, _: Request, groups: dict[str, str]) -> Response:
        return json_response(200, self._view(self._find(groups["report_id"])))

    def _cancel(self, _: Request, groups: dict[str, str]) -> Response:
        report = self._find(groups["report_id"])
        if self._status(report) != "IN_QUEUE":
            raise invalid("Only reports with processingStatus=IN_QUEUE can be cancelled.")
        report.cancelled = True
        return Response(200)

    def _list(self, request: Request, _: dict[str, str]) -> Response:
        query = request.query
        if token := query.get("nextToken"):
            if len(query) > 1:
                raise invalid("nextToken must be the only parameter.")
            state = unseal("getReports", token, self._world.clock.time())
            return self._list_page(state["ids"], state["size"])
        known_only(query, _FILTERS)
        types = listed(query, "reportTypes", at_most=10)
        if not types:
            raise invalid("Either reportTypes or nextToken is required.")
        statuses = listed(query, "processingStatuses", allowed=_STATUSES)
        now = self._world.clock.time()
        since = max(moment(query, "createdSince") or 0, now - _RETENTION)
        until = moment(query, "createdUntil") or now
        if SETTLEMENT in types:
            self._make_settlements()
        found = [
            r.report_id
            for r in sorted(self._reports.values(), key=lambda r: (r.created, r.report_id), reverse=True)
            if r.report_type in types and since <= r.created <= until and (not statuses or self._status(r) in statuses)
        ]
        return self._list_page(found, whole_number(query, "pageSize", 10, 1, 100))

    def _make_settlements(self) -> None:
        """Settlement reports come by themselves: those of the last ninety days are there."""
        now = int(self._world.clock().timestamp())
        with self._lock:
            for found in settlements(self._world.shop, now - _RETENTION, now):
                report_id = str(60_000_000_000 + found.number)
                if report_id not in self._reports:
                    asked = Asked(found.start, found.end, now, {})
                    document = Document(settlement_text(found).encode(), "text/plain; charset=UTF-8")
                    made = Report(report_id, SETTLEMENT, asked, float(found.created), "DONE", document)
                    self._reports[report_id] = made

    def _list_page(self, ids: list[str], size: int) -> Response:
        page: dict[str, Any] = {"reports": [self._view(self._reports[i]) for i in ids[:size]]}
        if len(ids) > size:
            page["nextToken"] = seal("getReports", {"ids": ids[size:], "size": size}, self._world.clock.time() + DAY)
        return json_response(200, page)

    def _document(self, request: Request, groups: dict[str, str]) -> Response:
        report = self._reports.get(groups["document_id"].rpartition(".")[2])
        document = report.document if report else None
        if report is None or document is None or self._status(report) not in {"DONE", "FATAL"}:
            raise ApiError(404, "NotFound", f"Report document {groups['document_id']} was not found.")
        self._storage.put(report.report_id, lambda: document)
        encoded = request.query.get("enableContentEncodingUrlHeader") == "true"
        url = self._storage.url(SP_HOST, report.report_id, URL_SECONDS, encoded=encoded)
        view = {"reportDocumentId": report.document_id, "url": url, "compressionAlgorithm": "GZIP"}
        return json_response(200, view)


def _check_marketplaces(value: object) -> None:
    if not isinstance(value, list) or not 1 <= len(value) <= 25:
        raise invalid("marketplaceIds must be a list of 1 to 25 marketplaces.")
    if MARKETPLACE_ID not in value:
        raise ApiError(403, "Unauthorized", "Access to requested resource is denied.", "Marketplace not authorised.")
