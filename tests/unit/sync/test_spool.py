"""Bodies survive the spool: every record as it came, whatever its formatting, encoding or digits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiterm.plugins import DataError, Payload, Row
from kpiterm.sync import spool as spooling
from kpiterm.sync.split import split
from kpiterm.sync.spool import Manifest, Spool

if TYPE_CHECKING:
    from tests.unit.sync.conftest import Desk

COLUMNS = {"id": "VARCHAR", "money": "DECIMAL(18,4)", "count": "BIGINT"}

texts = st.text(st.characters(exclude_categories=["Cs"]))
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=8)
records = st.dictionaries(texts, values, max_size=5)
layouts: st.SearchStrategy[Callable[[Any], bytes]] = st.sampled_from([
    lambda body: json.dumps(body).encode(),
    lambda body: json.dumps(body, ensure_ascii=False, indent=4).encode(),
    lambda body: json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
    lambda body: json.dumps(body, indent="\t").replace("\n", "\r\n").encode(),
    lambda body: b"\xef\xbb\xbf \n" + json.dumps(body, indent=1).encode() + b"\n\n",
])  # fmt: skip


def payload(body: bytes | Path, kind: Any = "json", **values: Any) -> Payload:
    return Payload(body=body, format=kind, request="GET /orders", **values)


@given(st.lists(records, max_size=5), layouts)
def test_every_record_comes_out_on_a_line_of_its_own(given_: list[dict[str, Any]], layout: Any) -> None:
    found = list(split(layout({"page": {"orders": given_}}), payload(b"", records=("page", "orders"))))
    assert [json.loads(record) for record in found] == given_
    assert not any(b"\n" in record or b"\r" in record for record in found)


@given(st.lists(records.filter(bool), max_size=5), st.sampled_from([b"\n", b"\r\n", b"\n\n"]))
def test_ndjson_is_taken_line_by_line(given_: list[dict[str, Any]], end: bytes) -> None:
    body = b"".join(json.dumps(record).encode() + end for record in given_)
    assert [json.loads(r) for r in split(body, payload(b"", "ndjson"))] == given_


cells = st.fixed_dictionaries({
    "id": st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    "money": st.none() | st.decimals(Decimal(-99999999999999), Decimal(99999999999999), places=4),
    "count": st.none() | st.integers(-(2**63), 2**63 - 1),
    "not declared": values,
})  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.lists(cells, max_size=4), max_size=3), layouts, st.booleans())
def test_duckdb_reads_the_declared_columns_as_they_came(
    desk: Desk, pages: list[list[dict[str, Any]]], layout: Any, quoted: bool
) -> None:
    """Text of any script; decimals as text or as bare digits (those pass through a double: exact below 10^11)."""
    marks: dict[str, str] = {}

    def digits(cell: dict[str, Any]) -> dict[str, Any]:
        if cell["money"] is None or quoted or abs(cell["money"]) >= 10**11:
            return cell | {"money": None if cell["money"] is None else str(cell["money"])}
        mark = f"<{len(marks)}>"
        marks[mark] = format(cell["money"], "f")
        return cell | {"money": mark}

    def body(page: list[dict[str, Any]]) -> bytes:
        text: bytes = layout([digits(cell) for cell in page])
        for mark, number in marks.items():
            text = text.replace(f'"{mark}"'.encode(), number.encode())
        return text

    found = desk.source(COLUMNS, *(payload(body(page)) for page in pages))
    expected = [
        {"_payload": number, "id": cell["id"], "money": cell["money"], "count": cell["count"]}
        for number, page in enumerate(pages, 1)
        for cell in page
    ]
    assert [{name: row[name] for name in ("_payload", *COLUMNS)} for row in found] == expected


@pytest.mark.parametrize(
    "body", [b"[]", b'{"a": [1, 2]}', b"[{}, { }, {\n}]", b'\xef\xbb\xbf[{"id": "\xe2\x82\xac"}]', b"\xff\xfe not json"]
)
def test_the_hash_is_of_the_body_as_it_came(desk: Desk, tmp_path: Path, body: bytes) -> None:
    on_disk = tmp_path / "body"
    on_disk.write_bytes(body)
    manifest = desk.spool(payload(body), payload(on_disk), lineage_only=True)
    digest = hashlib.sha256(body).hexdigest()
    assert [(p.seq, p.sha256, p.bytes, p.request) for p in manifest.payloads] == [
        (1, digest, len(body), "GET /orders"),
        (2, digest, len(body), "GET /orders"),
    ]
    assert manifest.files == ()


def test_the_hash_of_a_flat_file_is_of_the_bytes_before_decoding(desk: Desk) -> None:
    body = "id\tmoney\n注文\t1\n".encode("cp932")
    [lineage] = desk.spool(payload(body, "tsv", encoding="cp932")).payloads
    assert (lineage.sha256, lineage.bytes) == (hashlib.sha256(body).hexdigest(), len(body))


def test_empty_objects_are_records_too(desk: Desk) -> None:
    found = desk.source(COLUMNS, payload(b'[{}, { }, {\n}, {"id": "A"}]', extra={"_currency": "JPY"}))
    assert [row["id"] for row in found] == [None, None, None, "A"]


def test_a_body_that_is_one_object_is_one_record(desk: Desk) -> None:
    assert [row["id"] for row in desk.source(COLUMNS, payload(b'{"id": "A"}'))] == ["A"]


def test_added_columns_are_on_every_record(desk: Desk) -> None:
    columns = COLUMNS | {"_currency": "VARCHAR", "_profile": "BIGINT", "_none": "VARCHAR"}
    extra: dict[str, str | int | None] = {"_currency": 'U"S', "_profile": 7, "_none": None}
    array = desk.directory / "array.json"
    array.write_bytes(b'[{"id": "C"}]')
    bodies = [payload(b'[{"id": "A"}]'), payload(b"id\nB\n", "tsv"), payload(array)]
    found = desk.source(columns, *(Payload(body=b.body, format=b.format, request="", extra=extra) for b in bodies))
    assert [(r["id"], r["_currency"], r["_profile"], r["_none"]) for r in found] == [
        (name, 'U"S', 7, None) for name in "ABC"
    ]


@pytest.mark.parametrize(
    ("body", "values", "told"),
    [
        (b'{"orders": []}', {"records": ("payload", "orders")}, r"payload\.orders"),
        (b'{"payload": null}', {"records": ("payload", "orders")}, r"payload\.orders"),
        (b'{"orders": "none"}', {"records": ("orders",)}, "orders"),
        (b"<html>busy</html>", {}, "not the JSON that was promised"),
        (b"", {}, "not the JSON that was promised"),
        (b'[{"id": "A"', {}, "not the JSON that was promised"),
        (b'[{"id": "Jane Doe"}, "Jane Doe"]', {}, "record 2"),
        (b"[[1]]", {}, "record 1"),
        (b"7", {}, "not the JSON that was promised"),
        (b'{"id": 1}\n{"id": ', {"kind": "ndjson"}, "not the JSON that was promised"),
        (b'{"id": 1}\n"Jane Doe"\n', {"kind": "ndjson"}, "record 2"),
        (b"id\tmoney\nCaf\xe9\t1\n", {"kind": "tsv"}, "not utf-8"),
        (b"id\n1\n", {"kind": "tsv", "encoding": "klingon"}, "not klingon"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_told_without_quoting_it(
    desk: Desk, body: bytes, values: dict[str, Any], told: str
) -> None:
    with pytest.raises(DataError, match=told) as caught:
        desk.spool(payload(body, **values))
    assert "GET /orders" in caught.value.message
    assert "Jane" not in caught.value.message


@pytest.mark.parametrize(
    ("kind", "encoding", "body", "name"),
    [
        ("tsv", "cp932", "id\tmoney\n注文①\t1\n".encode("cp932"), "注文①"),
        ("tsv", "cp1252", "id\tmoney\nCafé – “x”\t1\n".encode("cp1252"), "Café – “x”"),
        ("csv", "utf-8", "\ufeffid,money\nПривет,1\n".encode(), "Привет"),
        ("tsv", "UTF_8", "\ufeffid\tmoney\r\n注文 €\t1\r\n".encode(), "注文 €"),
        ("tsv", "utf-16", "id\tmoney\n注文 €\t1\n".encode("utf-16"), "注文 €"),
        ("csv", "utf-8", b'"id","money"\n"a ""quoted"", name\non two lines","1"\n', 'a "quoted", name\non two lines'),
        ("csv", "utf-8", b'money,id\n1,12" ruler\n', '12" ruler'),
        ("tsv", "utf-8", b'ID \t"Money"\tother\n"12"" ruler"\t 1\t2\n', '"12"" ruler"'),
        ("tsv", "utf-8", b"other\tID\tMoney\tid\n\tA\t1\tB\n", "A"),
    ],
)
def test_flat_files_of_every_encoding_and_quoting(desk: Desk, kind: str, encoding: str, body: bytes, name: str) -> None:
    assert desk.source(COLUMNS, payload(body, kind, encoding=encoding)) == [
        {"_payload": 1, "_row": 1, "id": name, "money": Decimal(1), "count": None}
    ]


def test_bodies_larger_than_a_chunk_are_decoded_across_its_border(desk: Desk, tmp_path: Path) -> None:
    body = tmp_path / "report.tsv"
    body.write_bytes(("id\n" + "あいう\n" * 120_000).encode())  # lines of ten bytes
    found = desk.source({"id": "VARCHAR"}, payload(body, "tsv"))
    assert [row["id"] for row in found] == ["あいう"] * 120_000


@pytest.mark.parametrize(
    ("text", "expected"), [("[]", []), (" [ ] \n", []), ('\ufeff[{"id": "A"},\n{"money": 1.5}]', ["A", None])]
)
def test_a_document_that_is_one_list_is_read_from_where_it_lies(
    desk: Desk, tmp_path: Path, text: str, expected: list[str | None]
) -> None:
    body = tmp_path / "report.json"
    body.write_text(text, "utf-8")
    assert [row["id"] for row in desk.source(COLUMNS, payload(body))] == expected


@pytest.mark.parametrize("text", ["", "{}", '"none"', "Service unavailable"])
def test_a_document_that_is_no_list_is_refused(desk: Desk, tmp_path: Path, text: str) -> None:
    body = tmp_path / "report.json"
    body.write_text(text)
    with pytest.raises(DataError, match=r"GET /orders: .*not with a list of records"):
        desk.spool(payload(body))


def test_a_downloaded_body_is_removed_once_it_is_spooled(desk: Desk, tmp_path: Path) -> None:
    for kind, text in (("json", "[]"), ("tsv", "id\n"), ("ndjson", "{}")):
        body = tmp_path / f"body.{kind}"
        body.write_text(text)
        desk.spool(payload(body, kind))
        assert not body.exists()


def test_rows_keep_their_digits_and_moments(desk: Desk) -> None:
    moment = datetime(2026, 11, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    fee = {"day": date(2026, 11, 1), "kind": "storage ✓", "amount": Decimal("12345678901234.5678"), "currency": "USD"}
    stock = {"taken_at": moment, "sku": "a", "available": None}
    desk.load(None, payload(b"{}"), Row("fee", fee), Row("stock_level", stock), lineage_only=True)
    assert desk.rows("SELECT day, kind, amount, currency FROM fee") == [tuple(fee.values())]
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    assert desk.rows("SELECT taken_at, sku, available FROM stock_level") == [(utc, "a", None)]


def test_a_window_out_of_all_bounds_is_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooling, "WINDOW_LIMIT", 1000)
    desk.spool(payload(b"[%s]" % (b" " * 900)))
    with pytest.raises(DataError, match="one window gave more than"):
        desk.spool(payload(b"[%s]" % (b" " * 600)), payload(b"[%s]" % (b" " * 600)))


@pytest.mark.parametrize("item", [{"id": 1}, "text", None, b"{}"])
def test_anything_but_payloads_and_rows_is_refused(desk: Desk, item: object) -> None:
    with pytest.raises(DataError, match=type(item).__name__):
        desk.spool(item)


def test_a_manifest_survives_the_pipe(desk: Desk) -> None:
    manifest = desk.spool(payload(b"id\nA\n", "csv", extra={"_p": 1}), payload(b"[{}]"), Row("listing", {"sku": "a"}))
    assert Manifest.from_json(json.loads(json.dumps(manifest.as_json()))) == manifest


def test_two_windows_at_once_do_not_share_a_file(tmp_path: Path) -> None:
    manifests = []
    for prefix in ("orders-1", "orders-2"):
        spool = Spool(tmp_path, prefix)
        for body in (payload(b"[{}]"), payload(b"id\n", "tsv")):
            spool.add(body)
        manifests.append(spool.close())
    assert len({file.path for manifest in manifests for file in manifest.files}) == 4
