"""The shapes in which Walmart says no: its services never agreed on one, and neither does the sandbox."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from kpiterm.sandbox.wire import Response, json_response


class Refused(Exception):
    """Carries the answer out of a handler."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def _entry(code: str, description: str, info: str, field: str = "") -> dict[str, Any]:
    entry = {"code": code, "description": description, "info": info, "severity": "ERROR", "category": "DATA"}
    return entry | ({"field": field} if field else {}) | {"causes": [], "errorIdentifiers": {}}


def listed(status: int, code: str, description: str, info: str = "", field: str = "") -> Response:
    """`{errors: [{code, field, description, info, …}]}`: orders, returns, inventories."""
    return json_response(status, {"errors": [_entry(code, description, info or description, field)]})


def gateway(status: int, code: str, description: str, info: str = "", field: str = "") -> Response:
    """`{error: [{…}]}`, singular: the gateway, and items with a bad parameter."""
    return json_response(status, {"error": [_entry(code, description, info or description, field)]})


def bare(status: int, description: str, info: str) -> Response:
    """`{code, description, info, …}` without a list: items and insights."""
    return json_response(status, _entry(str(status), description, info))


def with_status(status: int, code: str, description: str) -> Response:
    """`{status, errors}`: WFS recommendations."""
    return json_response(status, {"status": "INTERNAL_SERVER_ERROR", "errors": [_entry(code, description, "null")]})


def with_header(status: int, code: str, description: str) -> Response:
    """`{status, header, errors}`: WFS inventory."""
    errors = [_entry(code, description, description)]
    return json_response(status, {"status": "FAIL", "header": {"headerAttributes": {}}, "errors": errors})


def legacy(status: int, code: str, description: str) -> Response:
    """`{errors: {error: [{…}]}}`: the oldest services, such as inventory of one SKU."""
    return json_response(status, {"errors": {"error": [_entry(code, description, description)]}})


def coded(status: int, code: str, message: str) -> Response:
    """`{errorCode, message, status}`: the reconciliation file as JSON."""
    return json_response(status, {"errorCode": f"{status}.{code}", "message": message, "status": status})


def problem(status: int, kind: str, title: str, detail: str, path: str) -> Response:
    """RFC 9457 `application/problem+json`: on-request reports."""
    kind = f"https://marketplace.walmart.com/errors/{kind}"
    body = {"type": kind, "title": title, "status": status, "detail": detail, "instance": path}
    response = json_response(status, body)
    response.content_type = "application/problem+json"
    return response


def spring(status: int, error: str, path: str, moment: str) -> Response:
    """`{timestamp, status, error, path}`: a path or parameters that no service answers for."""
    return json_response(status, {"timestamp": moment, "status": status, "error": error, "path": path})


def xml(status: int, code: str, description: str) -> Response:
    """`<errors>`: the reconciliation file; with status 200 where Walmart does not mean it."""
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<ns2:errors xmlns:ns2="http://walmart.com/"><ns2:error>'
        f"<ns2:code>{escape(code)}</ns2:code><ns2:description>{escape(description)}</ns2:description>"
        "<ns2:severity>ERROR</ns2:severity><ns2:category>DATA</ns2:category>"
        "<ns2:errorIdentifiers/></ns2:error></ns2:errors>"
    )
    return Response(status, body.encode(), "application/xml")


# The edge in front of Walmart's services fails with 520 and a page of its own; a service says 503 in JSON.
OUTAGES = {
    "500": Response(520, b"<html><head><title>520</title></head><body>520: unknown error</body></html>", "text/html"),
    "503": gateway(503, "SERVICE_UNAVAILABLE.GMP_GATEWAY_API", "Service unavailable", "Try again later."),
}
