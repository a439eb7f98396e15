"""Data Kiosk API 2023-11-15: queries that wait in line, and their JSON lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.amazon import kiosk_economics, kiosk_traffic
from kpiterm.sandbox.amazon.api import ApiError, Route, invalid
from kpiterm.sandbox.amazon.graphql import QueryError, check, parse, project
from kpiterm.sandbox.amazon.params import json_object, known_only, listed, moment, whole_number
from kpiterm.sandbox.amazon.storage import SP_HOST, Document, Storage
from kpiterm.sandbox.amazon.tokens import seal, unseal
from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.orders import DAY
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.vendor import World

URL_SECONDS = 300
_LONGEST_QUERY = 8000
_MOST_UNFINISHED = 10
_STATUSES = ("CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE")
_FILTERS = ("processingStatuses", "pageSize", "createdSince", "createdUntil", "paginationToken")
# By data set and query: what makes the records, and a record with every field that may be asked for.
_DATASETS: dict[str, dict[str, tuple[Callable[[Shop, Any, int], list[dict[str, Any]]], dict[str, Any]]]] = {
    "analytics_salesAndTraffic_2024_04_24": {
        "salesAndTrafficByDate": (kiosk_traffic.by_date, kiosk_traffic.BLANK_DATE),
        "salesAndTrafficByAsin": (kiosk_traffic.by_asin, kiosk_traffic.BLANK_ASIN),
        "salesAndTrafficTrends": (kiosk_traffic.trends, kiosk_traffic.BLANK_TREND),
    },
    "analytics_economics_2024_03_15": {"economics": (kiosk_economics.economics, kiosk_economics.BLANK)},
}


@dataclass
class Query:
    """One accepted query; its lines are made when it is accepted and show once it is through the queue."""

    query_id: str
    text: str
    created: float
    lines: str
    outcome: str = "DONE"
    cancelled: bool = False

    @property
    def document_id(self) -> str:
        return f"amzn1.tortuga.4.na.{self.query_id}"


class DataKiosk:
    """All queries of the seller; a quarter of `report_seconds` is spent in the queue."""

    def __init__(self, world: World, storage: Storage) -> None:
        self._world, self._storage, self._lock = world, storage, Lock()
        self._queries: dict[str, Query] = {}

    def routes(self) -> list[Route]:
        base = "/dataKiosk/2023-11-15"
        one = f"{base}/queries/(?P<query_id>[^/]+)"
        return [
            Route("POST", f"{base}/queries", "createQuery", self._create),
            Route("GET", f"{base}/queries", "getQueries", self._list),
            Route("GET", one, "getQuery", self._get),
            Route("DELETE", one, "cancelQuery", self._cancel),
            Route("GET", f"{base}/documents/(?P<document_id>[^/]+)", "getDocument", self._document),
        ]

    def _create(self, request: Request, _: dict[str, str]) -> Response:
        body = json_object(request.body)
        known_only(body, ("query", "paginationToken"))
        text = body.get("query")
        if not isinstance(text, str) or len(" ".join(text.split())) > _LONGEST_QUERY:
            raise invalid(f"query must be a text of at most {_LONGEST_QUERY} characters.")
        if body.get("paginationToken") is not None:
            raise invalid("The pagination token belongs to no query.")
        with self._lock:
            unfinished = sum(self._status(q) in ("IN_QUEUE", "IN_PROGRESS") for q in self._queries.values())
            if self._world.throttle and unfinished >= _MOST_UNFINISHED:
                raise ApiError(429, "QuotaExceeded", "Too many queries are being processed.")
            lines = self._answer(text)
            query_id = str(70_000_000_000 + len(self._queries))
            failed = self._world.faults.fails_first(f"query {text}")
            outcome = ("FATAL", "CANCELLED")[len(self._queries) % 2] if failed else "DONE"
            self._queries[query_id] = Query(query_id, text, self._world.clock.time(), lines, outcome)
        return json_response(202, {"queryId": query_id})

    def _answer(self, text: str) -> str:
        """The JSON lines of a query; 400 where it is not valid."""
        try:
            root = parse(text)
            dataset = _DATASETS.get(root.name)
            if dataset is None:
                raise QueryError(f"Query '{root.name}' is not supported.")
            if len(root.fields) != 1 or root.fields[0].name not in dataset:
                raise QueryError(f"{root.name} takes one of {', '.join(dataset)}")
            asked = root.fields[0]
            make, blank = dataset[asked.name]
            check(asked.fields, blank, asked.name)
            records = make(self._world.shop, asked.arguments, int(self._world.clock().timestamp()))
        except QueryError as error:
            raise ApiError(400, "InvalidInput", "The provided query is invalid.", str(error)) from None
        return "".join(json.dumps(project(asked.fields, record)) + "\n" for record in records)

    def _status(self, query: Query) -> str:
        if query.cancelled:
            return "CANCELLED"
        waited, total = self._world.clock.time() - query.created, self._world.report_seconds
        return "IN_QUEUE" if waited < total / 4 else "IN_PROGRESS" if waited < total else query.outcome

    def _view(self, query: Query) -> dict[str, Any]:
        status, seconds = self._status(query), self._world.report_seconds
        view: dict[str, Any] = {
            "queryId": query.query_id,
            "query": query.text,
            "createdTime": iso(query.created),
            "processingStatus": status,
        }
        if status != "IN_QUEUE":
            view["processingStartTime"] = iso(query.created + seconds / 4)
        if status in ("DONE", "CANCELLED", "FATAL"):
            view["processingEndTime"] = iso(query.created + seconds)
        if status == "DONE" and query.lines:  # without data there is no document
            view["dataDocumentId"] = query.document_id
        return view

    def _find(self, query_id: str) -> Query:
        query = self._queries.get(query_id)
        if query is None:
            raise ApiError(404, "NotFound", "The provided queryId was not found.")
        return query

    def _get(self, _: Request, groups: dict[str, str]) -> Response:
        return json_response(200, self._view(self._find(groups["query_id"])))

    def _cancel(self, _: Request, groups: dict[str, str]) -> Response:
        query = self._find(groups["query_id"])
        if self._status(query) not in ("IN_QUEUE", "IN_PROGRESS"):
            raise invalid("The query has finished and cannot be cancelled.")
        query.cancelled = True
        return Response(204)

    def _list(self, request: Request, _: dict[str, str]) -> Response:
        given = request.query
        known_only(given, _FILTERS)
        statuses = listed(given, "processingStatuses", allowed=_STATUSES)
        now = self._world.clock.time()
        size = whole_number(given, "pageSize", 10, 1, 100)
        since, until = moment(given, "createdSince") or now - 90 * DAY, moment(given, "createdUntil") or now
        token = given.get("paginationToken")
        offset = unseal("getQueries", token, now)["offset"] if token else 0
        found = [
            query
            for query in reversed(list(self._queries.values()))
            if since <= query.created <= until and (not statuses or self._status(query) in statuses)
        ]
        page: dict[str, Any] = {"queries": [self._view(query) for query in found[offset : offset + size]]}
        if offset + size < len(found):
            page["pagination"] = {"nextToken": seal("getQueries", {"offset": offset + size}, now + DAY)}
        return json_response(200, page)

    def _document(self, _: Request, groups: dict[str, str]) -> Response:
        query = self._queries.get(groups["document_id"].rpartition(".")[2])
        if query is None or self._status(query) != "DONE" or not query.lines:
            raise ApiError(404, "NotFound", "The provided documentId was not found.")
        key = f"kiosk/{query.query_id}.jsonl"
        self._storage.put(key, lambda: Document(query.lines.encode(), "application/json"))
        url = self._storage.url(SP_HOST, key, URL_SECONDS, encoded=True)
        return json_response(200, {"documentId": query.document_id, "documentUrl": url})
