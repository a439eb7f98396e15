"""Files are read back as they were written, whatever wrote them; what cannot be read is refused with its remedy."""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kpiterm.plugins import DataError, Sheet
from kpiterm.sync import encodings, text_table, workbook
from kpiterm.sync.sheets import open_sheets

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"
HEADER = ("Date", "Campaign name", "Spend")
CELLS = {
    "utf-8": "abcXYZ 0159éü„“€¥水龙头ケース'\"\\+-.",
    "utf-8-sig": "abcXYZ 0159éü„“€水龙头'\"\\+-.",
    "utf-16": "abcXYZ 0159éü„“€水龙头'\"\\+-.",
    "cp1252": "abcXYZ 0159éü€£½®ß'\"\\+-.",
}
cells = {name: st.text(letters, max_size=12).map(str.strip) for name, letters in CELLS.items()}


def only(path: Path) -> Sheet:
    (sheet,) = open_sheets(path)
    return sheet


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    encoding = draw(st.sampled_from(sorted(CELLS)))
    row = st.lists(cells[encoding], min_size=3, max_size=3).filter(any)
    return encoding, draw(st.lists(row, max_size=8))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=tables(),
    delimiter=st.sampled_from("\t,;"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    packed=st.booleans(),
)
def test_cells_come_back_as_they_were_written(
    tmp_path: Path, table: tuple[str, list[list[str]]], delimiter: str, end: str, quoting: int, packed: bool
) -> None:
    encoding, rows = table
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([HEADER, *rows])
    body = text.getvalue().encode(encoding)
    assume(encoding not in ("cp1252", "cp932") or body.isascii() or not is_utf8(body))  # "é££" in cp1252 is 飣 in UTF-8
    path = tmp_path / "export"
    path.write_bytes(gzip.compress(body) if packed else body)

    sheet = only(path)

    assert (sheet.header, sheet.delimiter, sheet.header_row) == (HEADER, delimiter, 1)
    assert list(sheet.rows()) == [tuple(cell or None for cell in row) for row in rows]
    assert list(sheet.rows()) == list(sheet.rows())
    if not body.isascii():
        assert sheet.encoding == encoding.removesuffix("-sig")


def test_line_breaks_within_a_quoted_cell_stay(tmp_path: Path) -> None:
    sheet = only(written(tmp_path / "f", 'Name,Notes\r\n#1001,"call first\r\nthen ship"\r\n#1002,\r\n'))

    assert list(sheet.rows()) == [("#1001", "call first\r\nthen ship"), ("#1002", None)]


def test_japanese_and_western_text_are_told_apart_by_content(tmp_path: Path) -> None:
    japanese = written(tmp_path / "jp", "sku\tproduct-name\nA-1\tレインコート キッズ 子供\n", "cp932")
    western = written(tmp_path / "us", "sku\tproduct-name\nA-1\tPérez’s café – 20 cm ½ señora\n", "cp1252")

    assert (only(japanese).encoding, next(only(japanese).rows())[1]) == ("cp932", "レインコート キッズ 子供")
    assert (only(western).encoding, next(only(western).rows())[1]) == ("cp1252", "Pérez’s café – 20 cm ½ señora")


def test_a_letter_cut_in_half_does_not_change_the_encoding_of_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"a\tb\n" + "1\tケースカバー\n".encode() * 20 + b"2\t\xe3\x82\n")

    assert only(path).encoding == "utf-8"
    assert next(only(path).rows()) == ("1", "ケースカバー")


def test_quotes_in_tab_separated_names_are_inch_marks(tmp_path: Path) -> None:
    lines = 'sku\tproduct-name\tqty \nA\tMat 31" x 19"\t1\nB\t"Mat 31"" x 19"", red"\t2\nC\t"Best" mat "ever"\t3\n'
    sheet = only(written(tmp_path / "f", lines))

    assert [row[1] for row in sheet.rows()] == ['Mat 31" x 19"', 'Mat 31" x 19", red', '"Best" mat "ever"']
    assert sheet.header == ("sku", "product-name", "qty")


def test_backslash_and_doubled_quotes_stay_in_one_csv_cell(tmp_path: Path) -> None:
    sheet = only(written(tmp_path / "f", 'Date,Campaign Name,Spend\n"Feb 1, 2020","31\\"" x 19\\""-Auto",$1.74\n'))

    assert list(sheet.rows()) == [("Feb 1, 2020", '31\\" x 19\\"-Auto', "$1.74")]


@pytest.mark.parametrize("preamble", ["Report\n", '"All amounts in USD, unless ""said"" so"\n\n', "Period:,Nov 1\nX\n"])
def test_the_header_is_found_below_any_preamble(tmp_path: Path, preamble: str) -> None:
    sheet = only(written(tmp_path / "f", preamble + "date,type,sku,total\nNov 1,Order,A,1.00\nNov 2,Order,B,2.00\n"))

    assert sheet.header == ("date", "type", "sku", "total")
    assert sheet.header_row == preamble.count("\n") + 1
    assert len(list(sheet.rows())) == 2


def test_rows_shorter_and_longer_than_the_header_take_its_length(tmp_path: Path) -> None:
    sheet = only(written(tmp_path / "f", "a\tb\tc\n1\t2\n1\t2\t3\t\t\n\n\t\t\n"))

    assert list(sheet.rows()) == [("1", "2", None), ("1", "2", "3")]


def test_nul_bytes_are_dropped(tmp_path: Path) -> None:
    assert next(only(written(tmp_path / "f", "a,b\nx\0y,2\n" + "u,v\n" * 9)).rows()) == ("xy", "2")


def test_rows_are_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "f", "a\tb\n" + "x\ty\n" * 500_000)
    rows = only(path).rows()
    file = text_table._unpacked(path)
    monkeypatch.setattr(text_table, "_unpacked", lambda _: file)

    assert [next(rows) for _ in range(10)] == [("x", "y")] * 10
    assert file.tell() < path.stat().st_size / 10


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"PK\x03\x04 no archive", "damaged Excel file"),
        (gzip.compress(b"a,b\n" * 1000, mtime=0)[:40], "damaged gzip"),
        (gzip.compress(b"version https://git-lfs.github.com/spec/v1\n", mtime=0), "Git LFS pointer"),
        (random.Random(1).randbytes(5000), "neither text nor an Excel file"),
        (b'a,b\n1,"never closed\n2,3\n', "line 2 and never closes"),
        (b"a,b\n" + b"x" * (text_table.MAX_LINE + 1), "longer than"),
    ],
)
def test_what_is_no_report_is_refused_by_name_and_with_a_remedy(tmp_path: Path, body: bytes, words: str) -> None:
    path = tmp_path / "report.xls"
    path.write_bytes(body)

    with pytest.raises(DataError, match=words) as caught:
        list(only(path).rows())
    assert "report.xls" in caught.value.message
    assert caught.value.hint


def test_directories_missing_files_and_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "absent.csv", tmp_path / "pipe"):
        with pytest.raises(DataError) as caught:
            open_sheets(path)
        assert caught.value.hint


@pytest.mark.parametrize("body", ["<?xml version='1.0'?><list/>", "one word\nanother\n"])
def test_files_without_a_table_give_no_sheet(tmp_path: Path, body: str) -> None:
    assert open_sheets(written(tmp_path / "f", body)) == ()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_and_nothing_else(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "f"
    path.write_bytes(body)
    try:
        for sheet in open_sheets(path):
            assert all(len(row) == len(sheet.header) for row in sheet.rows())
    except DataError as error:
        assume(error.hint)


def test_utf16_without_a_mark_is_seen() -> None:
    text = "Date,Spend\r\n2026-11-01,1.00\r\n"
    assert encodings.detect([text.encode("utf-16-le")]) == "utf-16-le"
    assert encodings.detect([text.encode("utf-16-be")]) == "utf-16-be"


REAL = [
    ("amazon_br/2026Apr1-2026Apr15CustomUnifiedTransaction.csv", "utf-8", ",", 10, 25, 123),
    ("amazon_jp/202210月1-202210月21CustomTransaction.csv", "cp932", ",", 8, 28, 617),
    ("amazon_jp/07BusinessReport-30-10-22.csv", "utf-8", ",", 1, 18, 31),
    ("amazon_jp/81806019292.csv", "cp932", ",", 1, 25, 733),
    ("amazon_jp/すべての出品商品のレポート+10-29-2022.txt", "utf-8", "\t", 1, 44, 751),
    ("amazon_ca_settlement/50044020356.txt", "utf-8", "\t", 1, 36, 730),
    ("amazon_it/inventory_mconverter.csv", "utf-8", "\t", 1, 2, 4880),
    ("junglescout/Keyword_Scout.csv", "utf-8", ",", 4, 13, 439),
    ("shopify_products/products_export_1 (6).csv", "utf-8", ",", 1, 53, 3399),
    ("shopify_ca_shoes/orders_export_1.csv", "utf-8", ",", 1, 34, 3912),
    ("public_superstore/Sample - Superstore.csv", "utf-8", ",", 1, 21, 9994),
    ("demand/train.csv.gz", "utf-8", ",", 1, 5, 374763),
]


@pytest.mark.parametrize(("name", "encoding", "delimiter", "header_row", "columns", "rows"), REAL)
def test_real_exports_are_read_whole(
    name: str, encoding: str, delimiter: str, header_row: int, columns: int, rows: int
) -> None:
    if not SHARED.is_dir():
        pytest.skip("the folder of real exports is not beside this repository")
    sheet = only(SHARED / name)
    assert (sheet.encoding, sheet.delimiter, sheet.header_row) == (encoding, delimiter, header_row)
    assert (len(sheet.header), sum(1 for _ in sheet.rows())) == (columns, rows)


# Excel

_STYLES = '<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


def workbook_bytes(*sheets: str, extra: dict[str, str] | None = None) -> bytes:
    """An Excel file whose sheets hold the given rows of XML."""
    numbers = range(1, len(sheets) + 1)
    rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    entries = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{rels}/worksheet" Target="worksheets/s{n}.xml"/>' for n in numbers
    )
    links += f'<Relationship Id="rId99" Type="{rels}/styles" Target="styles.xml"/>'
    files = {
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rels}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{rels}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/styles.xml": _STYLES,
        **{
            f"xl/worksheets/s{n}.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
            for n, rows in zip(numbers, sheets, strict=True)
        },
        **(extra or {}),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()


def row(number: int, *values: str | float | None, dates: bool = False) -> str:
    parts = []
    for n, value in enumerate(values):
        place = f'r="{chr(65 + n)}{number}"'
        if isinstance(value, str):
            parts.append(f'<c {place} t="inlineStr"><is><t>{escape(value)}</t></is></c>')
        elif value is not None:
            style = ' s="1"' if dates and n == 0 else ""
            parts.append(f"<c {place}{style}><v>{value}</v></c>")
    return f'<row r="{number}">{"".join(parts)}</row>'


def test_workbook_cells_read_as_their_owner_sees_them(tmp_path: Path) -> None:
    path = tmp_path / "any name"
    path.write_bytes(
        workbook_bytes(
            row(1, "Exported by hand")
            + row(3, "Date", "Campaign Name", None, "Clicks", "Spend ")
            + row(4, 43862, "A & B", None, 3.0, 713.3600000000001, dates=True)
            + row(5, 43863, "-1.0", None, 123456789012345, 0.00001, dates=True)
            + row(9, None, None),
            row(1, "only one cell"),
        )
    )
    sheet = only(path)

    assert (sheet.header, sheet.header_row, sheet.delimiter) == (
        ("Date", "Campaign Name", "", "Clicks", "Spend"),
        3,
        None,
    )
    assert list(sheet.rows()) == [
        ("2020-02-01", "A & B", None, "3", "713.36"),
        ("2020-02-02", "-1.0", None, "123456789012345", "0.00001"),
    ]


def test_every_sheet_with_a_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "f.xlsx").write_bytes(workbook_bytes(row(1, "a", "b") + row(2, 1, 2), row(1, "c", "d") + row(2, 3, 4)))

    assert [sheet.header for sheet in open_sheets(tmp_path / "f.xlsx")] == [("a", "b"), ("c", "d")]


@pytest.mark.parametrize(
    "far", ['<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "<row r='1048576'><c r = 'XFD1048576'/></row>"]
)
def test_a_small_workbook_that_spans_billions_of_cells_is_refused(tmp_path: Path, far: str) -> None:
    (tmp_path / "bomb.xlsx").write_bytes(workbook_bytes(row(1, "a", "b") + far))

    with pytest.raises(DataError, match="spans 1048576 rows by 16384 columns"):
        open_sheets(tmp_path / "bomb.xlsx")


def test_a_zip_bomb_is_refused_whatever_size_it_claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1 << 20)
    body = bytearray(workbook_bytes(row(1, "a", "b"), extra={"xl/sharedStrings.xml": " " * (3 << 20)}))
    claim = (3 << 20).to_bytes(4, "little")
    while (place := body.find(claim)) >= 0:
        body[place : place + 4] = (10).to_bytes(4, "little")
    (tmp_path / "bomb.xlsx").write_bytes(body)

    with pytest.raises(DataError, match="unpacks to more than"):
        open_sheets(tmp_path / "bomb.xlsx")


def test_archives_and_protected_workbooks_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "exports.zip", "w") as archive:
        archive.writestr("report.csv", "a,b\n")
    with pytest.raises(DataError, match="without an Excel workbook"):
        open_sheets(tmp_path / "exports.zip")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    for body, words in ((ole, "damaged Excel file"), (ole + "EncryptedPackage".encode("utf-16-le"), "by a password")):
        (tmp_path / "book.xlsx").write_bytes(body)
        with pytest.raises(DataError, match=words):
            open_sheets(tmp_path / "book.xlsx")
