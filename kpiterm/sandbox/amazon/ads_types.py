"""Checks an Ads reporting v3 request against the columns and limits of its report type."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class ReportKind(NamedTuple):
    """The facts of one report type."""

    ad_product: str
    group_by: str
    max_span_days: int
    retention_days: int
    columns: frozenset[str]
    filters: frozenset[str]


@dataclass(frozen=True)
class Configuration:
    """A valid request; `echo` is its configuration as JSON text, which the answers repeat."""

    name: str
    kind: str
    start: date
    end: date
    daily: bool
    columns: tuple[str, ...]
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    echo: str


class InvalidReportError(Exception):
    """The request is refused with 400 and this text."""


@cache
def report_kinds() -> dict[str, ReportKind]:
    """The report types that the sandbox makes, by `reportTypeId`."""
    text = files(__package__).joinpath("ads_report_types.toml").read_text("utf-8")
    return {
        name: ReportKind(
            ad_product=table["ad_product"],
            group_by=table["group_by"],
            max_span_days=table["max_span_days"],
            retention_days=table["retention_days"],
            columns=frozenset(table["columns"].split()),
            filters=frozenset(table["filters"]),
        )
        for name, table in tomllib.loads(text).items()
    }


def parse_request(body: bytes, today: date) -> Configuration:
    """The request of `POST /reporting/reports`, or InvalidReportError."""
    try:
        request = json.loads(body)
        configuration = request["configuration"]
        start, end = (date.fromisoformat(request[name]) for name in ("startDate", "endDate"))
        wanted = {name: configuration[name] for name in ("adProduct", "reportTypeId", "timeUnit", "format")}
        groups, columns = list(configuration["groupBy"]), [str(c) for c in configuration["columns"]]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidReportError(f"The request is malformed or lacks a required field: {error}") from None
    kind = report_kinds().get(str(wanted["reportTypeId"]))
    if kind is None:
        raise InvalidReportError(f"configuration reportTypeId must be one of: {', '.join(report_kinds())}")
    _check_fixed(kind, wanted, groups)
    _check_columns(kind, columns, daily=wanted["timeUnit"] == "DAILY")
    _check_dates(kind, start, end, today)
    return Configuration(
        name=str(request.get("name") or ""),
        kind=wanted["reportTypeId"],
        start=start,
        end=end,
        daily=wanted["timeUnit"] == "DAILY",
        columns=tuple(columns),
        filters=_filters(kind, configuration.get("filters") or []),
        echo=json.dumps(configuration, sort_keys=True),
    )


def _check_fixed(kind: ReportKind, wanted: dict[str, Any], groups: list[str]) -> None:
    if wanted["adProduct"] != kind.ad_product:
        raise InvalidReportError(f"configuration adProduct must be {kind.ad_product} for {wanted['reportTypeId']}")
    if groups != [kind.group_by]:
        raise InvalidReportError(f"configuration groupBy must be [{kind.group_by}] for {wanted['reportTypeId']}")
    if wanted["format"] != "GZIP_JSON":
        raise InvalidReportError("configuration format must be GZIP_JSON")
    if wanted["timeUnit"] not in ("DAILY", "SUMMARY"):
        raise InvalidReportError("configuration timeUnit must be DAILY or SUMMARY")


def _check_columns(kind: ReportKind, columns: list[str], *, daily: bool) -> None:
    if not columns:
        raise InvalidReportError("configuration columns cannot be null or empty")
    if unknown := [column for column in columns if column not in kind.columns]:
        allowed = ", ".join(sorted(kind.columns))
        raise InvalidReportError(
            f"configuration columns includes invalid values: ({', '.join(unknown)}). Allowed values: ({allowed})"
        )
    if daily and ("date" not in columns or {"startDate", "endDate"} & set(columns)):
        raise InvalidReportError("timeUnit DAILY needs the column date and takes neither startDate nor endDate")
    if not daily and "date" in columns:
        raise InvalidReportError("timeUnit SUMMARY takes startDate and endDate, not the column date")


def _check_dates(kind: ReportKind, start: date, end: date, today: date) -> None:
    if start > end:
        raise InvalidReportError("startDate must not be later than endDate")
    if end > today:
        raise InvalidReportError("endDate must not be in the future")
    if (end - start).days + 1 > kind.max_span_days:
        raise InvalidReportError(f"The date range must not be longer than {kind.max_span_days} days")
    if start < today - timedelta(days=kind.retention_days):
        raise InvalidReportError(f"startDate must be within the last {kind.retention_days} days")


def _filters(kind: ReportKind, filters: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(filters, list) or not all(isinstance(item, dict) for item in filters):
        raise InvalidReportError("configuration filters must be a list of objects with field and values")
    out = []
    for item in filters:
        field = str(item.get("field"))
        if field not in kind.filters:
            raise InvalidReportError(f"configuration filters: unknown field {field}")
        values = item.get("values")
        out.append((field, tuple(map(str, values)) if isinstance(values, list) else ()))
    return tuple(sorted(out))
