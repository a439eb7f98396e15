"""All-Orders files as sellers have them: every layout, re-saved copies, and what is damaged in them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpiterm.plugins import Note, Payload, Rejected, Sheet
from kpiterm.sync.sheets import open_sheets
from kpiterm_amazon.all_orders import COLUMNS, REQUIRED
from kpiterm_amazon.import_files import IMPORTERS
from kpiterm_amazon.import_orders import ALL_ORDERS_FILE

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"
OLD = ("amazon-order-id", "purchase-date", "order-status", "fulfillment-channel", "sales-channel", "url",
       "product-name", "sku", "asin", "item-status", "quantity", "currency", "item-price", "ship-city",
       "promotion-ids ")  # fmt: skip
LINE = {"amazon-order-id": "113-1", "purchase-date": "2026-11-01T06:30:00-07:00", "order-status": "Shipped",
        "sales-channel": "Amazon.com", "sku": "MAT-1", "quantity": "2", "currency": "USD", "item-price": "25.00",
        "product-name": 'Mat 31" x 19"', "ship-city": "SPRINGFIELD", "item-status": "Shipped"}  # fmt: skip


def tsv(path: Path, header: tuple[str, ...], *lines: dict[str, str]) -> Sheet:
    rows = ["\t".join(line.get(name.strip(), "") for name in header) for line in lines]
    path.write_text("\n".join(["\t".join(header), *rows]) + "\n")
    return open_sheets(path)[0]


class Read:
    """What the importer gave for a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        assert [i.kind for i in IMPORTERS if i.recognise(sheet)] == ["amazon.all_orders"]
        items = list(ALL_ORDERS_FILE.read(sheet))
        (payload,) = [item for item in items if isinstance(item, Payload)]
        assert isinstance(payload.body, Path)
        self.payload, self.body = payload, payload.body.read_text("utf-8")
        payload.body.unlink()
        self.rejected = [item for item in items if isinstance(item, Rejected)]
        self.notes = [item.text for item in items if isinstance(item, Note)]
        header, *lines = [text.split("\t") for text in self.body.splitlines()]
        self.lines = [dict(zip(header, cells, strict=True)) for cells in lines]


@pytest.mark.parametrize("extra", [(), ("order-item-id",), ("cpf", "is-business-order"), ("last-updated-date", "vat")])
def test_every_layout_is_read_by_name(tmp_path: Path, extra: tuple[str, ...]) -> None:
    got = Read(tsv(tmp_path / "f", (*reversed(extra), *OLD), LINE | {"order-item-id": "7001"}))
    (line,) = got.lines
    assert (got.payload.format, got.rejected, got.notes) == ("tsv", [], [])
    assert (line["purchase-date"], line["product-name"]) == ("2026-11-01T13:30:00+00:00", 'Mat 31" x 19"')
    assert line["order-item-id"] == ("7001" if "order-item-id" in extra else "")


def test_personal_columns_never_leave_the_file(tmp_path: Path) -> None:
    got = Read(tsv(tmp_path / "f", OLD, LINE))
    assert "SPRINGFIELD" not in got.body
    assert str(tmp_path) not in got.payload.request


def test_a_copy_re_saved_as_csv_gives_the_same_lines(tmp_path: Path) -> None:
    sheet = tsv(tmp_path / "f", OLD, LINE, LINE, LINE | {"sku": "A, B"})
    text = io.StringIO(newline="")
    csv.writer(text).writerows([sheet.header, *sheet.rows()])
    (tmp_path / "g").write_bytes(text.getvalue().encode("utf-8-sig"))
    assert Read(open_sheets(tmp_path / "g")[0]).body == Read(sheet).body


def test_line_breaks_and_tabs_in_a_csv_cell_do_not_break_the_line(tmp_path: Path) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, OLD, extrasaction="ignore")
    writer.writeheader()
    writer.writerow(LINE | {"product-name": "Mat\r\nred\tlarge", "sku": "A  B"})
    (tmp_path / "f").write_bytes(text.getvalue().encode())
    (line,) = Read(open_sheets(tmp_path / "f")[0]).lines
    assert (line["product-name"], line["sku"]) == ("Mat red large", "A  B")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("purchase-date", "2026-11-01 06:30"),
        ("purchase-date", ""),
        ("amazon-order-id", ""),
        ("amazon-order-id", "1.13E+16"),
        ("sales-channel", ""),
        ("quantity", "two"),
        ("item-price", "25.00.1"),
        ("item-price", "1,278"),
        ("currency", "dollars"),
    ],
)
def test_a_line_that_cannot_be_read_is_kept_apart_with_its_column(tmp_path: Path, column: str, value: str) -> None:
    got = Read(tsv(tmp_path / "f", OLD, LINE, LINE | {column: value}, LINE))
    ((row, reason),) = [(bad.row, bad.reason) for bad in got.rejected]
    assert (row, len(got.lines)) == (2, 2)
    assert column in reason


def test_codes_that_a_spreadsheet_has_cut_are_left_out_with_a_warning(tmp_path: Path) -> None:
    got = Read(tsv(tmp_path / "f", OLD, LINE | {"sku": "7.82115E+12"}, LINE))
    assert [line["sku"] for line in got.lines] == ["", "MAT-1"]
    assert got.notes[0].startswith("1 values of sku read like 7.82115E+12")


def test_a_reader_that_stops_early_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spool").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "spool"))
    items: Any = ALL_ORDERS_FILE.read(tsv(tmp_path / "f", OLD, LINE | {"quantity": "two"}, LINE))
    next(items)
    items.close()
    assert list((tmp_path / "spool").iterdir()) == []


def shared(name: str) -> Sheet:
    if not SHARED.is_dir():
        pytest.skip("the folder of real exports is not beside this repository")
    return open_sheets(SHARED / name)[0]


REAL = [
    ("amazon_jp/82171019457.txt", "cp932", 713, "2023-03-10T15:03:41", "2023-04-10T14:10:59"),
    ("amazon_jp/file02_20230226_041204.txt", "cp932", 594, "2023-01-25T16:34:04", "2023-02-25T12:58:41"),
    ("amazon_uk/110793675556020213.txt", "utf-8", 62, "2025-05-04T10:33:27", "2025-05-05T10:19:22"),
]


@pytest.mark.parametrize(("name", "encoding", "rows", "first", "last"), REAL)
def test_real_files_are_read_to_the_last_line(name: str, encoding: str, rows: int, first: str, last: str) -> None:
    sheet = shared(name)
    got = Read(sheet)
    with (SHARED / name).open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = [cell.strip() for cell in next(reader)]
        raw = [dict(zip(header, cells, strict=True)) for cells in reader]
    moments = sorted(line["purchase-date"] for line in got.lines)

    assert (sheet.encoding, len(got.lines), got.rejected, got.notes) == (encoding, rows, [], [])
    assert (moments[0][:19], moments[-1][:19]) == (first, last)
    assert sums(got.lines) == sums(raw)
    assert Counter(line["sku"] for line in got.lines) == Counter(line["sku"] for line in raw)


def sums(lines: list[dict[str, str]]) -> dict[str, tuple[Decimal, int]]:
    """Item price and units of each currency, cancelled and multi-channel lines included."""
    found: dict[str, tuple[Decimal, int]] = {}
    for line in lines:
        money, units = found.get(line["currency"], (Decimal(0), 0))
        found[line["currency"]] = (money + Decimal(line["item-price"] or 0), units + int(line["quantity"]))
    return found


def test_no_column_that_is_read_holds_personal_data() -> None:
    personal = ("address", "buyer", "city", "postal", "recipient", "phone", "email", "ship-state", "company")
    assert not [name for name in COLUMNS for word in personal if word in name]
    assert set(REQUIRED) <= set(COLUMNS)
