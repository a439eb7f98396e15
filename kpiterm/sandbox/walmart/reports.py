"""On-request reports: ask, follow in the list or one by one, and fetch the presigned URL of the finished file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.walmart.api import Route
from kpiterm.sandbox.walmart.csv_zip import zipped
from kpiterm.sandbox.walmart.cursors import Cursors
from kpiterm.sandbox.walmart.errors import Refused, problem, spring
from kpiterm.sandbox.walmart.item_files import FILES
from kpiterm.sandbox.walmart.params import choice, known_only, moment
from kpiterm.sandbox.walmart.report_request import IN_QUERY, PATH, TYPES, parse_body, refuse, version_of
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.business import WalmartShop
    from kpiterm.sandbox.walmart.item_files import Asked
    from kpiterm.sandbox.walmart.storage import Storage

_PAGE, _RETENTION = 10, 30 * 86400
_STATUSES = ("RECEIVED", "INPROGRESS", "READY", "ERROR")
_FILTERS = (
    *("reportType", "reportVersion", "requestStatus", "src"),
    *("requestSubmissionStartDate", "requestSubmissionEndDate"),
)


@dataclass(frozen=True)
class Report:
    """One accepted request; `body` is what was asked, to be repeated in the answers."""

    request_id: str
    kind: str
    version: str
    created: float
    asked: Asked
    body: dict[str, Any]
    fails: bool = False


class Reports:
    """All reports of the seller. A quarter of `report_seconds` passes before work on one begins."""

    def __init__(self, world: World, shop: WalmartShop, storage: Storage) -> None:
        self._world, self._shop, self._storage, self._lock = world, shop, storage, Lock()
        self._cursors = Cursors(f"{shop.seed}:reports")
        self._reports: dict[str, Report] = {}

    def routes(self) -> list[Route]:
        return [
            Route("POST", PATH, "generateReport", self._create),
            Route("GET", PATH, "getRequestsStatus", self._list),
            Route("GET", f"{PATH}/(?P<request_id>[^/]+)", "getSingleRequestStatus", self._get),
            Route("GET", "/v3/reports/downloadReport", "downloadReport", self._download),
        ]

    def _create(self, request: Request, _: dict[str, str]) -> Response:
        body = _json_object(request.body)
        if set(IN_QUERY) & body.keys() and not set(IN_QUERY) & request.query.keys():
            return spring(404, "No static resource v3/reports/reportRequests.", PATH, iso(self._world.clock.time()))
        known_only(request.query, IN_QUERY, refuse)
        if "reportType" not in request.query:
            raise refuse("reportType", "is required in the query string")
        kind = choice(request.query, "reportType", TYPES, "ITEM", refuse)
        version = version_of(kind, request.query)
        asked = parse_body(kind, version, body, self._world.clock())
        with self._lock:
            # Derived from a counter, so that two runs of a seed name their reports alike.
            request_id = str(UUID(int=self._shop.seed << 64 | len(self._reports), version=4))
            fails = self._world.faults.fails_first(f"walmart {kind} {version}")
            report = Report(request_id, kind, version, self._world.clock.time(), asked, body, fails)
            self._reports[request_id] = report
        return json_response(200, self._view(report))

    def _status(self, report: Report) -> str:
        waited, total = self._world.clock.time() - report.created, self._world.report_seconds
        if waited < total:
            return "RECEIVED" if waited < total / 4 else "INPROGRESS"
        return "READY" if report.kind in FILES and not report.fails else "ERROR"

    def _view(self, report: Report) -> dict[str, Any]:
        status = self._status(report)
        view = {
            "requestId": report.request_id,
            "requestStatus": status,
            "requestSubmissionDate": iso(report.created),
            "reportType": report.kind,
            "reportVersion": report.version,
        }
        return view | (
            {"reportGenerationDate": iso(report.created + self._world.report_seconds)} if status == "READY" else {}
        )

    def _shown(self, report: Report) -> dict[str, Any]:
        kept = {name: value for name, value in report.body.items() if name != "dateGranularity"}
        return self._view(report) | ({"payload": kept} if kept else {})

    def _known(self, request_id: str) -> Report:
        report = self._reports.get(request_id)
        if report is None or report.created < self._world.clock.time() - _RETENTION:
            detail = f"There is no report request {request_id} of the last 30 days."
            raise Refused(problem(404, "request-not-found", "Request not found", detail, PATH))
        return report

    def _get(self, request: Request, groups: dict[str, str]) -> Response:
        known_only(request.query, (), refuse)
        return json_response(200, self._shown(self._known(groups["request_id"])))

    def _list(self, request: Request, _: dict[str, str]) -> Response:
        query = dict(request.query)
        genuine = self._cursors.genuine(request.query_string)
        if genuine is False:
            raise refuse("nextCursor", "is not as it was given out")
        page = int(query.pop("page", "0")) if genuine else 0
        query.pop("hash", "")
        found = self._matching(query)
        shown = found[page * _PAGE : (page + 1) * _PAGE]
        body: dict[str, Any] = {
            "page": page + 1,
            "totalCount": len(found),
            "limit": _PAGE,
            "requests": [self._shown(report) | {"src": "API"} for report in shown],
        }
        if (page + 1) * _PAGE < len(found):
            body["nextCursor"] = self._cursors.seal(query | {"page": str(page + 1)})
        return json_response(200, body)

    def _matching(self, query: dict[str, str]) -> list[Report]:
        known_only(query, _FILTERS, refuse)
        if "reportType" not in query:
            raise refuse("reportType", "is required")
        kind = choice(query, "reportType", TYPES, "", refuse)
        status = choice(query, "requestStatus", _STATUSES, "", refuse)
        source = choice(query, "src", ("SC", "API", "Scheduler"), "API", refuse)
        now = self._world.clock.time()
        since = max(moment(query, "requestSubmissionStartDate", refuse) or 0, now - _RETENTION)
        until = moment(query, "requestSubmissionEndDate", refuse) or now
        return [
            report
            for report in reversed(self._reports.values())
            if report.kind == kind
            and source == "API"
            and since <= report.created <= until
            and status in {"", self._status(report)}
            and query.get("reportVersion", "") in {"", report.version}
        ]

    def _download(self, request: Request, _: dict[str, str]) -> Response:
        known_only(request.query, ("requestId",), refuse)
        report = self._known(request.query.get("requestId", ""))
        if self._status(report) != "READY":
            raise refuse("requestId", f"the report is {self._status(report)}, not READY")
        name = f"{report.kind}_{report.request_id}"
        key = f"prod-reports/{name}.zip"
        self._storage.put(key, lambda: zipped(f"{name}.csv", FILES[report.kind](self._shop, report.asked)))
        url, until = self._storage.url(key)
        return json_response(200, self._view(report) | {"downloadURL": url, "downloadURLExpirationTime": until})


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise refuse("body", "must be a JSON object")
    return value
