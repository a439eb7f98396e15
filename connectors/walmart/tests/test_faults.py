"""One reader for all the ways in which Walmart says no."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm_walmart.faults import said

ONE = {"code": "A1.GMP_ORDER_API", "field": "f", "description": "bad date", "severity": "ERROR", "category": "DATA"}
SHAPES = {
    "errors": {"errors": [ONE]},
    "error, a list": {"error": [ONE]},
    "with a status": {"status": "BAD_REQUEST", "errors": [ONE]},
    "with status and header": {"status": "FAIL", "header": {"headerAttributes": {}}, "errors": [ONE]},
    "bare": ONE,
    "problem+json": {"type": "https://x/y", "title": "A1.GMP_ORDER_API", "status": 400, "detail": "bad date"},
    "errorCode": {"errorCode": "A1.GMP_ORDER_API", "message": "bad date", "status": 400},
    "Spring": {"timestamp": 1, "status": 404, "error": "A1.GMP_ORDER_API bad date", "path": "/v3/orders"},
    "legacy": {"errors": {"error": [ONE]}},
    "a list": [ONE],
}


@pytest.mark.parametrize("name", SHAPES)
def test_each_of_the_nine_shapes_and_a_bare_list(name: str) -> None:
    assert said(json.dumps(SHAPES[name]).encode()).removeprefix("404 ") == "A1.GMP_ORDER_API bad date"


XML = (
    b'<?xml version="1.0"?><errors xmlns:ns2="w"><ns2:error><ns2:code>A1</ns2:code><ns2:field>data</ns2:field>'
    b"<ns2:description>no &amp; never</ns2:description></ns2:error></errors>"
)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (XML, "A1 no & never"),
        (b"<html><head><title>520</title><style>b{}</style></head><body><h1>Unknown error</h1></body></html>",
         "Unknown error"),
        (b"upstream connect error", "upstream connect error"),
        (b'<?xml version="1.0"?>\n<ns0:OrdersListType><name>Ann Buyer</name>', "an XML document ns0:OrdersListType"),
        (b'{"list": {"elements": {"order": [{"customerEmailId": "ann@example.com", "pho', ""),
        (b"Service Unavailable\nAnn Buyer, 1 Elm Street", "Service Unavailable"),
        (b"", ""),
        (b"[]", ""),
        (b'{"errors": []}', ""),
        (b'{"errors": "text"}', "text"),
    ],
)  # fmt: skip
def test_xml_pages_and_nothing(body: bytes, words: str) -> None:
    assert said(body) == words


def test_the_first_three_of_many_and_not_for_ever() -> None:
    many = said(json.dumps({"errors": [{"code": f"C{n}", "description": "x" * 90} for n in range(50)]}).encode())
    assert "C2" in many
    assert "C3" not in many
    assert len(many) <= 300


@given(st.binary(max_size=300))
def test_no_body_breaks_it(body: bytes) -> None:
    assert "\n" not in said(body)


def test_every_error_of_the_specification_is_understood(shared: Path) -> None:
    found = sorted((shared / "specs/walmart/fixtures").glob("*.[45]??*.json"))
    assert len(found) >= 40
    for path in found:
        example = json.loads(path.read_text("utf-8"))
        errors = example.get("errors") or example.get("error") or [example]
        first = errors[0] if isinstance(errors, list) else errors
        code = first.get("code") or first.get("errorCode") or first.get("title")
        assert said(path.read_bytes()).startswith(str(code)), path.name
