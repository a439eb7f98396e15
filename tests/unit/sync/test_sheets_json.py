"""JSON documents as tables: every record once, numbers exact, inner objects as dotted columns."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.plugins import DataError
from kpiterm.sync.sheets import open_sheets
from kpiterm.sync.sheets_stacked import read_stacked

names = st.text("abcXYZ", min_size=1, max_size=4)
scalars = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=8)
records = st.lists(st.dictionaries(names, scalars, min_size=1, max_size=5), min_size=1, max_size=20)


def cell(value: object) -> str | None:
    return str(value).lower() if isinstance(value, bool) else None if value in (None, "") else str(value)


@given(records, st.booleans(), st.booleans())
def test_every_record_is_a_row_in_either_form(
    tmp_path_factory: pytest.TempPathFactory, found: list[dict[str, object]], by_line: bool, packed: bool
) -> None:
    path = tmp_path_factory.mktemp("json") / "f"
    body = "\n".join(map(json.dumps, found)) if by_line else json.dumps(found, indent=1)
    path.write_bytes(gzip.compress(body.encode()) if packed else body.encode())
    (sheet,) = open_sheets(path)
    assert sheet.header == tuple(dict.fromkeys(name for record in found for name in record))
    assert list(sheet.rows()) == [tuple(cell(record.get(name)) for name in sheet.header) for record in found]
    assert (sheet.encoding, sheet.delimiter) == ("json", None)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_amounts_keep_every_digit(tmp_path_factory: pytest.TempPathFactory, amount: Decimal) -> None:
    path = tmp_path_factory.mktemp("json") / "f"
    path.write_text(f'[{{"sales": {{"amount": {amount:f}}}, "parts": [{{"amount": {amount:f}}}]}}]')
    (sheet,) = open_sheets(path)
    ((outer, parts),) = sheet.rows()
    assert sheet.header == ("sales.amount", "parts")
    assert Decimal(outer or "") == json.loads(parts or "", parse_float=Decimal)[0]["amount"] == amount


def test_each_list_of_a_document_is_a_table_with_the_documents_own_values(tmp_path: Path) -> None:
    spec = {"options": {"by": "DAY"}}
    days, items = [{"date": "2026-10-05"}], [{"asin": "B0A"}, {"asin": "B0B"}]
    (tmp_path / "f").write_text(json.dumps({"spec": spec, "days": days, "items": items}, indent=1))
    found = {sheet.header: list(sheet.rows()) for sheet in open_sheets(tmp_path / "f")}
    assert found["days.date", "spec.options.by"] == [("2026-10-05", "DAY")]
    assert found["items.asin", "spec.options.by"] == [("B0A", "DAY"), ("B0B", "DAY")]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("[]", "without any record"), ('["a"]', "without any record"), ("[{", "not valid JSON"),
        ('{"a": 1}\n{"a": \n', "line 2 is not valid JSON"), ('[{"a": "\xff"}]', "not valid JSON"),
    ],
)  # fmt: skip
def test_what_is_no_table_says_why(tmp_path: Path, body: str, word: str) -> None:
    (tmp_path / "f").write_bytes(body.encode("latin-1"))
    with pytest.raises(DataError, match=word) as caught:
        [list(sheet.rows()) for sheet in open_sheets(tmp_path / "f")]
    assert caught.value.hint


def test_tables_with_blank_lines_between_them_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "f").write_text('"Totals"\na,b\n1,"2,5"\n\n,,\n"Days"\nday,c\n2026-10-05,3\n2026-10-06,\n')
    assert [(s.header, s.header_row, list(s.rows())) for s in read_stacked(tmp_path / "f")] == [
        (("a", "b"), 2, [("1", "2,5")]),
        (("day", "c"), 7, [("2026-10-05", "3"), ("2026-10-06", None)]),
    ]


@pytest.mark.parametrize("body", [b"a,b\n1,2\n3,4\n", b"PK\x03\x04\0\0\0\0" * 40, b"\n\n"])
def test_one_table_or_none_is_not_stacked(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "f").write_bytes(body)
    assert read_stacked(tmp_path / "f") == ()
