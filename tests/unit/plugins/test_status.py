"""A vendor's own words are found in every shape that vendors give them."""

from __future__ import annotations

import json

import httpx
import pytest

from kpiterm.plugins.status import error_for, vendor_message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"errors": [{"code": "InvalidInput", "message": "bad type", "details": ""}]}, "InvalidInput bad type"),
        ([{"code": "InvalidInput", "message": "a bare list"}], "InvalidInput a bare list"),
        ({"code": "400", "details": "column unknown"}, "400 column unknown"),
        ({"error": "invalid_grant", "error_description": "revoked"}, "invalid_grant revoked"),
        ({"error": {"code": "X", "message": "nested"}}, "X nested"),
        ({"errors": "[API] Invalid API key"}, "[API] Invalid API key"),
        ({"errors": [{"message": "one"}, {"message": "two"}]}, "one; two"),
        ({"errors": []}, ""),
        ("just text", "just text"),
        (None, ""),
        (17, ""),
    ],
)
def test_json(body: object, said: str) -> None:
    assert vendor_message(httpx.Response(400, json=body)) == said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<Error><Code>AccessDenied</Code>\n <Message>It expired</Message></Error>", "AccessDenied It expired"),
        (b"<html><style>p{}</style><p>502 Bad&nbsp;Gateway</p><script>x()</script></html>", "502 Bad&nbsp;Gateway"),
        (b"\xff\xfe\x00broken\x1b[31m", "\ufffd\ufffd broken [31m"),
        (b"", ""),
        (b"[" * 100_000, None),
    ],
)  # fmt: skip
def test_anything_else_becomes_one_printable_line(body: bytes, said: str | None) -> None:
    message = vendor_message(httpx.Response(500, content=body))
    assert message.isprintable()
    assert len(message) <= 300
    assert said is None or message == said


def test_the_request_id_is_kept_for_the_vendors_support() -> None:
    response = httpx.Response(500, headers={"X-Request-Id": "abc-1"}, content=json.dumps({"message": "oops"}))
    assert str(error_for(response, "getOrders", now=0)) == "getOrders: HTTP 500 oops (request abc-1)"
