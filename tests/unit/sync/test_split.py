"""Bodies are cut into lines in one go where that is safe; the lines are the same as record by record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.plugins import DataError, Payload
from kpiterm.sync import split as splitting
from kpiterm.sync.split import pieces, tagged, whole_lines

if TYPE_CHECKING:
    from tests.unit.sync.conftest import Desk

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ['}\n{"', "\\", '"', "\r\n", ""]
)
values = st.recursive(
    st.none() | st.integers() | texts, lambda v: st.lists(v) | st.dictionaries(texts, v), max_leaves=5
)
records = st.lists(st.dictionaries(texts, values, max_size=3), max_size=5)
TAG = b'{"_payload":7'


def payload(kind: Any, body: bytes | Path = b"", path: tuple[str, ...] = ()) -> Payload:
    return Payload(body=body, format=kind, request="GET /orders", records=path)


@given(records, st.sampled_from([None, 1]), st.sampled_from([(), ("data",), ("data", "or ders", "data")]))
def test_each_record_gets_the_tag_in_front_of_its_own_fields(
    given_: list[dict[str, Any]], indent: int | None, path: tuple[str, ...]
) -> None:
    document: Any = given_
    for key in reversed(path):
        document = {"before": [{}], key: document, "after": None}
    lines, count = tagged(json.dumps(document, indent=indent).encode(), payload("json", path=path), TAG, 0)
    assert count == len(given_)
    assert [json.loads(line) for line in lines.splitlines()] == [{"_payload": 7, **record} for record in given_]


@given(records, st.sampled_from(["\n", "\r\n", "\n\n"]), st.booleans())
def test_lines_get_the_tag_too(given_: list[dict[str, Any]], end: str, ended: bool) -> None:
    body = end.join(json.dumps(record) for record in given_) + (end if ended else "")
    lines, count = tagged(body.encode(), payload("ndjson"), TAG, 0)
    assert count == len(given_)
    assert [json.loads(line) for line in lines.splitlines()] == [{"_payload": 7, **record} for record in given_]


@pytest.mark.parametrize(
    ("piece", "count"),
    [
        (b'{"a":1}', 1),
        (b'{"a":1}\n', 1),
        (b'{"a":1}\n{"b":"}"}\n', 2),
        (b"", 0),
        (b"{}\n", 0),
        (b'{"a":1}\n{}\n', 0),
        (b'{"a":1}\n\n', 0),
        (b'{"a":1}\r\n{"a":2}\r\n', 0),
        (b'{"a":1}\n{"a":\n', 0),
        (b'{"a":1}\n[2]\n', 0),
        (b'\xef\xbb\xbf{"a":1}\n', 0),
        (b' {"a":1}\n', 0),
    ],
)
def test_lines_are_taken_untouched_only_where_each_is_an_object_with_fields(piece: bytes, count: int) -> None:
    assert whole_lines(piece) == count


def test_a_record_that_is_none_is_named_by_its_place_in_the_window() -> None:
    with pytest.raises(DataError, match="record 12 is no object"):
        tagged(b'[{"a": 1}, 2]', payload("json"), TAG, 10)


def test_a_document_of_lines_is_never_in_memory_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "_PIECE", 50)
    body = tmp_path / "orders.jsonl"
    body.write_bytes(b"".join(b'{"id":"%06d"}\n' % n for n in range(1000)))
    found = list(pieces(body, by_line=True))
    assert b"".join(found) == body.read_bytes()
    assert max(map(len, found)) <= 50 + len(b'{"id":"000000"}\n')
    assert all(piece.endswith(b"}\n") for piece in found)


@pytest.mark.parametrize("spoiled", [b"", b"\n", b"{}\n", b' {"id": "E"}\r\n'])
def test_a_document_of_lines_is_read_whatever_its_lines_look_like(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoiled: bytes
) -> None:
    """One that needs nothing done is moved to where DuckDB reads it; the others are rewritten."""
    monkeypatch.setattr(splitting, "_PIECE", 30)
    body = tmp_path / "orders.jsonl"
    lines = b"".join(b'{"id":"%d","__parentId":"A"}\n' % n for n in range(20))
    body.write_bytes(lines + spoiled)
    whole = Payload(body=body, format="ndjson", request="bulk", extra={"_currency": "USD"})
    columns = {"id": "VARCHAR", "_currency": "VARCHAR"}
    found = desk.source(columns, whole, payload("ndjson", b'{"id":"last"}'))
    assert [row["id"] for row in found if row["_payload"] == 1][:20] == [str(n) for n in range(20)]
    assert {row["_currency"] for row in found if row["_payload"] == 1} == {"USD"}
    assert [row["id"] for row in found if row["_payload"] == 2] == ["last"]
    manifest = desk.manifests[-1]
    assert [f.format for f in manifest.files] == (["ndjson"] if spoiled else ["lines", "ndjson"])
    assert manifest.payloads[0].bytes == len(lines + spoiled)
    assert not body.exists()


def test_an_empty_document_of_lines_holds_no_rows(desk: Desk, tmp_path: Path) -> None:
    body = tmp_path / "orders.jsonl"
    body.write_bytes(b"")
    assert desk.source({"id": "VARCHAR"}, payload("ndjson", body)) == []
    assert [p.bytes for p in desk.manifests[-1].payloads] == [0]


def test_a_line_that_is_no_json_is_refused_when_it_is_loaded(desk: Desk, tmp_path: Path) -> None:
    from tests.unit.sync.test_normalise import JSON

    body = tmp_path / "orders.jsonl"
    body.write_bytes(b'{"order_id":"A","buyer":"Jane"}\n{"order_id":"B" "buyer":"Jane"}\n')
    with pytest.raises(DataError, match="do not fit the declared columns") as caught:
        desk.load(JSON, payload("ndjson", body))
    assert "Jane" not in caught.value.message
    assert desk.rows("SELECT count(*) FROM order_line") == [(0,)]
