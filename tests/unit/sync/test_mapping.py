"""A person's own mapping: each cell by its column's type, nothing guessed, known again by the header alone."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpiterm.cli.main import run
from kpiterm.errors import ConfigError
from kpiterm.paths import Paths
from kpiterm.plugins import DataError, Importer, Note, Rejected, Row
from kpiterm.plugins.manager import load
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.store.engine import Writer
from kpiterm.sync.imports import Desk, import_file, with_given
from kpiterm.sync.imports_unknown import unknown
from kpiterm.sync.mapping import fingerprint, load_mapping, load_mappings
from kpiterm.sync.mapping_learn import draft, guess_table
from kpiterm.sync.sheets import open_sheets

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"
IMPORTED = datetime(2026, 11, 20, 18, 0)  # noqa: DTZ001 -- naive UTC, as the store keeps it
EXPORT = """\
Auftrag;Datum;Status;Artikel;Menge;Betrag;Kunde
1001;03.11.2026 14:05;Versendet;MAT-1;2;1.278,50;Jane Doe
1001;03.11.2026 14:05;Versendet;MAT-1;1;9,50;Jane Doe
1002;04.11.2026 00:30;Storniert;MAT-2;1;20,00;John Doe
"""
MAPPING = """\
version = 1
table = "order_line"
timezone = "Europe/Berlin"
dates = "day-first"
decimals = "comma"
fingerprint = "{print}"
[columns]
order_id = "Auftrag"
ordered_at = "Datum"
status = "Status"
sku = "Artikel"
quantity = "Menge"
item_price = "Betrag"
[constants]
channel = "shop.example"
currency = "EUR"
[values.status]
Versendet = "shipped"
Storniert = "cancelled"
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(EXPORT, encoding="utf-8")
    return path


def mapping(folder: Path, export: Path, text: str = MAPPING, name: str = "erp") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.toml"
    file.write_text(text.replace("{print}", fingerprint(open_sheets(export)[0].header)), encoding="utf-8")
    return file


def parse(importer: Importer, path: Path, place: str = "") -> tuple[list[Any], list[str], list[str]]:
    items = list(importer.read(with_given(open_sheets(path)[0], IMPORTED, None, MARKETPLACES.get(place))))
    rows = [item.values for item in items if isinstance(item, Row)]
    notes = [item.text for item in items if isinstance(item, Note)]
    return rows, notes, [item.reason for item in items if isinstance(item, Rejected)]


def test_every_cell_is_read_by_the_type_of_its_column(tmp_path: Path, export: Path) -> None:
    rows, notes, refused = parse(load_mapping(mapping(tmp_path / "m", export)), export)
    assert (notes, refused) == ([], [])
    assert rows[0] == {
        "order_id": "1001", "line_key": "MAT-1#1", "ordered_at": datetime(2026, 11, 3, 13, 5, tzinfo=UTC),
        "business_day": date(2026, 11, 3), "status": "shipped", "sku": "MAT-1", "quantity": 2,
        "item_price": Decimal("1278.50"), "channel": "shop.example", "currency": "EUR",
    }  # fmt: skip
    assert [(row["line_key"], row["business_day"].day, row["status"]) for row in rows[1:]] == [
        ("MAT-1#2", 3, "shipped"),
        ("MAT-2#1", 4, "cancelled"),
    ]
    assert "Jane Doe" not in repr(rows)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("1.278,50", "12.78.50", "Betrag: '12.78.50' is no amount"),
        ("Versendet", "Unterwegs", "say what it means under [values.status]"),
        ("03.11.2026 14:05", "31.02.2026 14:05", "Datum: '31.02.2026 14:05' is no date of the calendar"),
        ("1001;03", ";03", "Auftrag is blank"),
        ("MAT-1;2", "7.8E+12;2", "was cut by a spreadsheet"),
        (";2;", ";two;", "Menge: 'two' is no whole number"),
    ],
)
def test_a_line_that_cannot_be_read_is_kept_apart(
    tmp_path: Path, export: Path, old: str, new: str, reason: str
) -> None:
    importer = load_mapping(mapping(tmp_path / "m", export))
    export.write_text(EXPORT.replace(old, new, 1))
    rows, _, (refused,) = parse(importer, export)
    assert (len(rows), reason in refused) == (2, True)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("version = 1", "version = 2", "version"),
        ('"order_line"', '"order_lines"', "table"),
        ("Europe/Berlin", "Europe/Bonn", "timezone"),
        ("day-first", "sometimes", "dates"),
        ("order_id = ", "order = ", "columns.order"),
        ('order_id = "Auftrag"', "", "columns.order_id"),
        ('currency = "EUR"', 'sku = "A"', "constants.sku"),
        ("version = 1", "version = 1\nspeed = 3", "speed"),
        ("version = 1", "version = 1\ndraft = true", "draft"),
    ],
)
def test_a_fault_of_the_mapping_is_named_with_file_and_key(
    tmp_path: Path, export: Path, old: str, new: str, key: str
) -> None:
    file = mapping(tmp_path / "m", export, MAPPING.replace(old, new, 1))
    with pytest.raises(ConfigError, match=rf"{file}: {key}: ") as caught:
        load_mapping(file)
    assert caught.value.hint


def test_a_draft_is_of_no_effect_until_it_is_finished(tmp_path: Path, export: Path) -> None:
    file = mapping(tmp_path / "m", export)
    file.write_text("draft = true\n" + file.read_text())
    assert load_mappings(tmp_path / "m") == load_mappings(tmp_path / "none") == ()


def test_a_column_that_the_file_has_lost_is_named(tmp_path: Path, export: Path) -> None:
    importer = load_mapping(mapping(tmp_path / "m", export))
    export.write_text(EXPORT.replace("Betrag", "Summe"))
    with pytest.raises(DataError, match="has no column 'Betrag', which the mapping names"):
        parse(importer, export)
    error = unknown([importer], export, open_sheets(export))
    assert "looks like mapped.erp (mapping erp), but lacks the column 'Betrag'; not known there: 'Summe'" in str(error)
    assert "--learn" in error.hint


def test_a_file_with_all_columns_and_another_header_is_pointed_to_the_mapping(tmp_path: Path, export: Path) -> None:
    importer = load_mapping(mapping(tmp_path / "m", export))
    export.write_text(EXPORT.replace("Kunde", "Käufer"))
    error = unknown([importer], export, open_sheets(export))
    assert "looks like mapped.erp (mapping erp), but has other columns too: 'Käufer'" in str(error)
    assert error.hint.endswith("kpiterm import --map erp FILE")


@pytest.mark.parametrize(
    ("header", "table", "columns"),
    [
        ("Auftrag;Datum;Status;Artikel;Menge;Betrag;Kunde", "order_line",
         {"order_id", "ordered_at", "status", "sku", "quantity", "item_price"}),
        ("SKU Code,Design No.,Stock,Category", "stock_level", {"sku", "available"}),
        ("SKU,Valid From,Unit Cost,Currency", "cost", {"sku", "valid_from", "unit_cost", "currency"}),
        ("Date,Campaign,Spend,Clicks", "ad_day", {"day", "campaign", "spend", "clicks"}),
        ("Startdatum,Enddatum,Kampagnenname,Klicks,Ausgaben", "ad_day",
         {"day", "last_day", "campaign", "spend", "clicks"}),
    ],
)  # fmt: skip
def test_a_draft_proposes_table_columns_and_formats(tmp_path: Path, header: str, table: str, columns: set[str]) -> None:
    path = tmp_path / "f.csv"
    mark = ";" if ";" in header else ","
    path.write_text("\n".join([header, *(mark.join("x" for _ in header.split(mark)) for _ in range(2))]))
    (sheet,) = open_sheets(path)
    assert guess_table(sheet) == table
    file = tmp_path / "proposal.toml"
    file.write_text(draft(sheet, "proposal").replace("draft = true", ""))
    assert set(load_mapping(file).read.args[0].columns) == columns  # type: ignore[attr-defined]


def test_a_finished_draft_reads_the_file_that_it_was_made_from(tmp_path: Path, export: Path) -> None:
    text = draft(open_sheets(export)[0], "erp")
    assert ('dates = "day-first"' in text, 'decimals = "comma"' in text, "# not used: Kunde" in text) == (True,) * 3
    assert "Jane" not in text
    file = tmp_path / "erp.toml"
    finished = (
        text.replace("draft = true\n", 'timezone = "Europe/Berlin"\n') + '\n[values.status]\nVersendet = "shipped"\n'
    )
    file.write_text(finished + 'Storniert = "cancelled"\n')
    rows, _, refused = parse(load_mapping(file), export)
    assert (len(rows), refused) == (3, [])


@dataclass(frozen=True)
class Shop:
    desk: Desk

    def sums(self, sql: str) -> list[tuple[Any, ...]]:
        with self.desk.writer.transaction() as con:
            return con.execute(sql).fetchall()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    (tmp_path / "spool").mkdir()
    with Writer(Paths(tmp_path / "home")) as writer:
        yield Shop(Desk(plugins=load(set()), accounts=[], account=None, spool=tmp_path / "spool", writer=writer))


RANGES = """version = 1
table = "ad_day"
[columns]
day = "Startdatum"
last_day = "Enddatum"
campaign = "Kampagnenname"
spend = "Ausgaben"
[constants]
level = "campaign"
currency = "EUR"
"""


def test_a_mapped_row_of_several_days_counts_for_no_single_day(tmp_path: Path) -> None:
    (tmp_path / "ads.toml").write_text(RANGES)
    path = tmp_path / "f.csv"
    path.write_text(
        "Startdatum,Enddatum,Kampagnenname,Ausgaben\n2026-11-01,2026-11-01,A,5\n2026-11-01,2026-11-07,B,9\n"
    )
    rows, _, refused = parse(load_mapping(tmp_path / "ads.toml"), path)
    assert refused == []
    assert [(row["campaign"], row["level"], row.get("detail"), str(row["last_day"])) for row in rows] == [
        ("A", "campaign", None, "2026-11-01"),
        ("B", "summary", "campaign", "2026-11-07"),
    ]


def test_a_mapped_export_is_known_again_and_counts_once(tmp_path: Path, export: Path, shop: Shop) -> None:
    assert import_file(shop.desk, export).error == "export.csv: not recognised"
    mapping(tmp_path / "m", export)
    desk = replace(shop.desk, mappings=load_mappings(tmp_path / "m"))
    first, again = import_file(desk, export), import_file(desk, export)
    assert (first.kind, first.account, first.new, again.new, again.superseded) == (
        "mapped.erp",
        "mapped-import",
        3,
        0,
        0,
    )
    assert shop.sums("SELECT sum(item_price), count(*) FROM order_line") == [(Decimal("1308.00"), 3)]


def test_stock_without_a_date_is_dated_by_its_first_import(tmp_path: Path, shop: Shop) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("Code,Bestand\nA,3\nB,0\n")
    text = 'version = 1\ntable = "stock_level"\n[columns]\nsku = "Code"\navailable = "Bestand"\n'
    desk = replace(shop.desk, mapping=load_mapping(mapping(tmp_path / "m", path, text, "stock")))
    first, again = import_file(desk, path), import_file(desk, path)
    assert (first.new, again.new) == (2, 0)
    assert first.warnings == ["2 rows have no date: they are dated by the import of the file"]


REAL = [
    ("public_superstore/Sample - Superstore.csv", "order_line", (9994, 0), "item_price", "Sales",
     {"order_id": "Order ID", "ordered_at": "Order Date", "sku": "Product ID", "quantity": "Quantity",
      "item_price": "Sales", "title": "Product Name"},
     'dates = "month-first"\ndecimals = "point"\ntimezone = "America/New_York"'),
    ("amazon_in_kaggle/Sale Report.csv", "stock_level", (9188, 83), "available", "Stock",
     {"sku": "SKU Code", "available": "Stock", "title": "Design No."}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "table", "rows", "money", "column", "columns", "extra"), REAL)
def test_plain_exports_of_other_systems_are_read_whole(
    tmp_path: Path, shop: Shop, name: str, table: str, rows: tuple[int, int], money: str, column: str,
    columns: dict[str, str], extra: str,
) -> None:  # fmt: skip
    path = SHARED / name
    if not path.exists():
        pytest.skip("the folder of real exports is not beside this repository")
    lines = "\n".join(f"{ours} = {json.dumps(theirs)}" for ours, theirs in columns.items())
    text = f'version = 1\ntable = "{table}"\n{extra}\n[columns]\n{lines}\n'
    desk = replace(shop.desk, mapping=load_mapping(mapping(tmp_path / "m", path, text)))
    report = import_file(desk, path)
    assert (report.error, report.loaded, report.quarantined) == (None, *rows)
    with path.open(encoding="utf-8-sig", newline="") as file:
        good = [line for line in csv.DictReader(file) if line[columns["sku"]] and line[column]]
    assert shop.sums(f"SELECT sum({money}) FROM {table}") == [(sum(Decimal(line[column]) for line in good),)]


def test_the_command_drafts_uses_and_remembers_a_mapping(
    tmp_path: Path, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def kpiterm(*words: str) -> tuple[int, str]:
        code = run(["--home", str(tmp_path / "home"), "import", *words])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    code, text = kpiterm("--map", "erp", "--learn", str(export))
    file = tmp_path / "home/workspaces/default/mappings/erp.toml"
    assert (code, 'order_id = "Auftrag"' in text, file.read_text() in text) == (0, True, True)
    assert f"{file} exists" in kpiterm("--map", "erp", "--learn", str(export))[1]
    assert "nobody has checked this mapping yet" in kpiterm("--map", "erp", str(export))[1]

    file.unlink()
    elsewhere = mapping(tmp_path / "m", export, MAPPING.replace('fingerprint = "{print}"\n', ""))
    assert kpiterm("--map", str(elsewhere), "--dry-run", str(export))[0] == 0
    assert not file.exists()
    assert kpiterm("--map", str(elsewhere), str(export))[0] == 0
    code, text = kpiterm("--json", str(export))
    assert (code, json.loads(text)["files"][0]["kind"], json.loads(text)["files"][0]["new"]) == (0, "mapped.erp", 0)
    assert kpiterm("--map", "crm", str(export))[0] == 2
    assert kpiterm("--learn", str(export))[0] == 2
    assert kpiterm("--period", "2026-13", str(export))[0] == 2
