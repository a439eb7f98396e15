"""Advertising reports in the spellings of seven years: the same money, once, on the right day and level."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from kpiterm.plugins import Note, Rejected, Row, Sheet
from kpiterm.sync.sheets import open_sheets
from kpiterm_amazon.import_files import IMPORTERS

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"
CPC = "Cost Per Click (CPC)"


class Read:
    """What the one importer that takes a sheet gave for it."""

    def __init__(self, sheet: Sheet) -> None:
        (importer,) = [importer for importer in IMPORTERS if importer.recognise(sheet)]
        items = list(importer.read(sheet))
        self.kind = importer.kind
        self.rows: list[Any] = [item.values for item in items if isinstance(item, Row)]
        self.rejected = [item for item in items if isinstance(item, Rejected)]
        self.notes = [item.text for item in items if isinstance(item, Note)]

    def only(self, name: str) -> Any:
        (value,) = {row[name] for row in self.rows}
        return value


def report(path: Path, header: list[str], *lines: list[str]) -> Sheet:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([header, *lines])
    return open_sheets(path)[0]


@pytest.mark.parametrize(
    ("spelling", "days", "currency"),
    [
        ("7 Day Total Sales ", 7, None),
        ("7 Day Total Sales", 7, None),
        ("7 Day Total Sales ($)", 7, "USD"),
        ("14 Day Total Sales (₹)", 14, "INR"),
        ("1 Day Total Sales (£)", 1, "GBP"),
        ("30 Day Total Sales", 30, None),
    ],
)
def test_sales_carry_their_window_and_currency(tmp_path: Path, spelling: str, days: int, currency: str | None) -> None:
    header = ["Date", "Campaign Name", "Impressions", "Clicks", CPC, "Spend", spelling, "Total ACOS"]
    got = Read(report(tmp_path / "f", header, ["Nov 1, 2026", "C", "1,000", "3", "0.50", "1.50", "20.00", "7.5%"]))
    row = got.rows[0]
    assert (got.kind, row["attributed_sales"], row["attribution_days"]) == ("amazon.sp_campaign", Decimal(20), days)
    assert (row["currency"], row["impressions"], row["clicks"]) == (currency, 1000, 3)
    assert len(got.notes) == 1, "either the sign or the lack of a currency is told"


@pytest.mark.parametrize(
    ("columns", "kind", "level", "term"),
    [
        ([], "amazon.sp_campaign", "campaign", None),
        (["Advertised SKU"], "amazon.sp_advertised_product", "product", None),
        (["Advertised ASIN"], "amazon.sp_advertised_product", "product", None),
        (["Placement"], "amazon.sp_placement", "placement", "x"),
        (["Targeting", "Match Type"], "amazon.sp_targeting", "targeting", "x"),
        (["Targeting", "Match Type", "Customer Search Term"], "amazon.sp_search_term", "search_term", "x"),
    ],
)
def test_the_most_specific_column_names_the_level(
    tmp_path: Path, columns: list[str], kind: str, level: str, term: str | None
) -> None:
    header = ["Date", "Campaign Name", *columns, "Clicks", CPC, "Spend", "Currency"]
    got = Read(report(tmp_path / "f", header, ["2026-11-01", "C", *("x" for _ in columns), "3", "0.5", "1.50", "USD"]))
    assert (got.kind, got.only("level"), got.only("term"), got.notes) == (kind, level, term, [])


@pytest.mark.parametrize("kind", ["new-to-brand orders (#)", "Viewable Impressions", "Cost type", "Record Type"])
def test_reports_of_other_programs_are_left_alone(tmp_path: Path, kind: str) -> None:
    sheet = report(tmp_path / "f", ["Date", "Campaign Name", kind, "Clicks", CPC, "Spend"], ["2026-11-01", *"C1234"])
    assert not any(importer.recognise(sheet) for importer in IMPORTERS)


RANGE = ["Start Date", "End Date", "Campaign Name", "Customer Search Term", "Clicks", CPC, "Spend", "Currency"]


def test_a_range_of_one_day_is_that_day_and_a_longer_one_is_a_summary(tmp_path: Path) -> None:
    got = Read(
        report(
            tmp_path / "f", RANGE,
            ["Jul 23, 2022", "Jul 23, 2022", "C", "a", "1", "0.48", "0.48", "USD"],
            ["Jul 19, 2022", "Jul 21, 2022", "C", "a", "2", "0.74", "1.48", "USD"],
        )
    )  # fmt: skip
    assert [(row["day"], row["last_day"], row["level"], row["detail"]) for row in got.rows] == [
        (date(2022, 7, 23), date(2022, 7, 23), "search_term", None),
        (date(2022, 7, 19), date(2022, 7, 21), "summary", "search_term"),
    ]
    assert got.notes[0].startswith("1 rows cover several days")


def test_a_campaigns_own_dates_are_not_the_days_of_its_figures(tmp_path: Path) -> None:
    header = ["Date", "Start Date", "End Date", "Campaign Name", "Clicks", CPC, "Spend", "Currency"]
    got = Read(report(tmp_path / "f", header, ["Feb 1, 2020", "Jan 18, 2020", "", "C", "1", "2", "2", "INR"]))
    assert (got.only("day"), got.only("last_day"), got.only("level")) == (
        date(2020, 2, 1),
        date(2020, 2, 1),
        "campaign",
    )


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({0: "44000"}, "no date"),
        ({0: "Jul 25, 2022"}, "ends on"),
        ({1: ""}, "no date"),
        ({2: ""}, "campaign is blank"),
        ({4: "many"}, "clicks"),
        ({6: "1,48"}, "spend"),
        ({7: "dollar"}, "currency"),
    ],
)
def test_a_row_that_cannot_be_read_is_kept_apart(tmp_path: Path, change: dict[int, str], word: str) -> None:
    good = ["Jul 23, 2022", "Jul 23, 2022", "C", "a", "1", "0.48", "0.48", "USD"]
    bad = [change.get(n, cell) for n, cell in enumerate(good)]
    got = Read(report(tmp_path / "f", RANGE, good, bad, good))
    ((row, reason),) = [(rejected.row, rejected.reason) for rejected in got.rejected]
    assert (row, len(got.rows)) == (2, 2)
    assert word in reason


def test_totals_are_skipped_and_equal_rows_kept(tmp_path: Path) -> None:
    line = ["Jul 23, 2022", "Jul 23, 2022", "C", "a", "1", "0.48", "0.48", "USD"]
    got = Read(report(tmp_path / "f", RANGE, line, line, ["Total", "", "", "", "2", "0.48", "0.96", "USD"]))
    assert (len(got.rows), got.rejected) == (2, [])


def test_names_with_escaped_quotes_equal_those_of_other_reports(tmp_path: Path) -> None:
    (tmp_path / "f").write_text(
        f'Date,Campaign Name,Clicks,{CPC},Spend\n"Feb 1, 2020","31\\"" x 19\\""-Auto",1,$1.74,$1.74\n'
    )
    got = Read(open_sheets(tmp_path / "f")[0])
    assert (got.only("campaign"), got.only("spend")) == ('31" x 19"-Auto', Decimal("1.74"))
    assert (got.only("currency"), len(got.notes)) == ("USD", 1)


def test_the_unified_layout_gives_ids(tmp_path: Path) -> None:
    header = ["Date range", "Campaign name", "Campaign ID", "Ad group ID", "Advertised product SKU", "Clicks",
              "Total cost", "Purchases", "Sales", "Ad product", "Budget currency"]  # fmt: skip
    line = ["Nov 09, 2025 - Nov 09, 2025", "C", '="468170906203317"', '="7"', "S", "1", "0.54", "1", "9.99",
            "Sponsored Brands", "USD"]  # fmt: skip
    cut = [*line[:2], "4.68170906203317E+14", *line[3:]]
    got = Read(report(tmp_path / "f", header, line, cut))
    assert [row["campaign_id"] for row in got.rows] == ["468170906203317", "C"]
    assert (got.kind, got.only("ad_product"), got.only("ad_group_id")) == ("amazon.ads_advertised_product", "SB", "7")
    assert [note.split()[1] for note in got.notes] == ["campaign", "report"]


def shared(name: str) -> Path:
    if not SHARED.is_dir():
        pytest.skip("the folder of real exports is not beside this repository")
    return SHARED / name


OILS = "ads_in_oils/Sponsored Products "
INR = {("INR", 14)}
REAL = [
    (f"{OILS}Advertised product report.xlsx", 265, "47108.12", "71129.81", "2020-02-01", "2020-02-29", INR),
    (f"{OILS}Campaign report.csv", 182, "47108.12", "71129.81", "2020-02-01", "2020-02-29", INR),
    (f"{OILS}Placement report (1).xlsx", 545, "47108.12", "71129.81", "2020-02-01", "2020-02-29", INR),
    (f"{OILS}Search term report.xlsx", 923, "47108.12", "70853.92", "2020-02-01", "2020-02-29", INR),
    (f"{OILS}Targeting report (1).xlsx", 1683, "47108.12", "71129.81", "2020-02-01", "2020-02-29", INR),
    (f"{OILS}Performance Over Time report (2).xlsx", 29, "47108.12", "0", "2020-02-01", "2020-02-29", {(None, None)}),
    ("ads_us_spoon/Sponsored Products Search term report.xlsx", 638, "1179.16", "1692.46", "2022-07-17", "2022-08-15",
     {("USD", 7)}),
    ("ads_us_spoon/Sponsored Products Search term report2.xlsx", 50, "42.99", "54.95", "2022-08-01", "2022-08-01",
     {("USD", 7)}),
    ("ads_us_oil_2026/custom_ads.csv", 1530, "3471.32", "3545.86", "2025-06-21", "2026-03-20", {("USD", None)}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "spend", "sales", "first", "last", "money"), REAL)
def test_real_reports_are_read_whole(
    name: str, rows: int, spend: str, sales: str, first: str, last: str, money: set[tuple[str | None, int | None]]
) -> None:
    path = shared(name)
    got = Read(open_sheets(path)[0])

    assert (len(got.rows), got.rejected) == (rows, [])
    assert sum(row["spend"] for row in got.rows) == Decimal(spend) == column_sum(path, "spend", "total cost")
    assert sum(row["attributed_sales"] or 0 for row in got.rows) == Decimal(sales)
    assert (min(row["day"] for row in got.rows), max(row["last_day"] for row in got.rows)) == (
        date.fromisoformat(first), date.fromisoformat(last),
    )  # fmt: skip
    assert {(row["currency"], row["attribution_days"]) for row in got.rows} == money


def column_sum(path: Path, *names: str) -> Decimal:
    """The sum of a money column, read without the code under test."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            table: list[list[Any]] = list(csv.reader(file))
    else:
        table = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    column = next(n for n, cell in enumerate(table[0]) if str(cell).strip().lower() in names)
    cells = [str(row[column]).removeprefix("Rs.") for row in table[1:]]
    return sum((Decimal(cell) for cell in cells if cell), Decimal(0)).quantize(Decimal("0.01"))


def test_campaigns_tie_across_the_reports_of_one_account() -> None:
    spent = []
    for name in ("Campaign report.csv", "Advertised product report.xlsx", "Targeting report (1).xlsx"):
        sums = Counter[tuple[str, date]]()
        for row in Read(open_sheets(shared(OILS + name))[0]).rows:
            sums[row["campaign"], row["day"]] += row["spend"]
        spent.append({key: value for key, value in sums.items() if value})
    assert spent[0] == spent[1] == spent[2]
