"""Daily business reports: every day once, the marketplace told by its currency, dates of either order."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.plugins import Note, Rejected, Row
from kpiterm.sync.sheets import open_sheets
from kpiterm_amazon.import_business import BUSINESS_REPORTS, read
from kpiterm_amazon.import_files import IMPORTERS

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "amazon_jp"
HEADER = [
    "Date", "Ordered Product Sales", "Units Ordered", "Total Order Items", "Sessions - Total", "Page Views - Total",
    "Featured Offer (Buy Box) Percentage", "Units Refunded",
]  # fmt: skip


def parse(path: Path, *lines: list[str], header: list[str] = HEADER) -> tuple[str, list[Any], list[object]]:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *lines])
    (sheet,) = open_sheets(path)
    (importer,) = [i for i in IMPORTERS if i.recognise(sheet)]
    items = list(importer.read(sheet))
    return importer.kind, [i.values for i in items if isinstance(i, Row)], [i for i in items if not isinstance(i, Row)]


def line(day: str, sales: str = "$1,234.50") -> list[str]:
    return [day, sales, "1,020", "1,001", "9,000", "12,000", "97.50%", "3"]


def test_a_day_becomes_one_row_with_its_money_and_counts(tmp_path: Path) -> None:
    kind, (row,), rest = parse(tmp_path / "any name.csv", line("11/20/2026"))
    assert (kind, rest) == ("amazon.business_traffic", [])
    assert row == {
        "channel": "amazon.com", "day": date(2026, 11, 20), "level": "account", "sessions": 9000, "page_views": 12000,
        "units": 1020, "order_items": 1001, "ordered_sales": Decimal("1234.50"), "refunded_units": 3,
        "buy_box": Decimal("0.9750"), "currency": "USD",
    }  # fmt: skip


@given(st.dates(date(2015, 1, 1), date(2030, 1, 1)), st.integers(3, 40), st.booleans())
def test_either_order_of_day_and_month_is_understood_from_the_run_of_days(
    tmp_path_factory: pytest.TempPathFactory, first: date, days: int, month_first: bool
) -> None:
    wanted = [first + timedelta(n) for n in range(days)]
    form = "%m/%d/%Y" if month_first else "%d/%m/%Y"
    path = tmp_path_factory.mktemp("report") / "report.csv"
    _, rows, rest = parse(path, *(line(day.strftime(form)) for day in wanted))
    assert [row["day"] for row in rows] == wanted
    assert rest == []


def test_a_single_ambiguous_day_is_refused_rather_than_guessed(tmp_path: Path) -> None:
    _, rows, rest = parse(tmp_path / "r.csv", line("06/07/2026"))
    assert rows == []
    assert isinstance(rest[0], Rejected)
    assert "06/07/2026" in rest[0].reason


def test_euros_do_not_say_which_marketplace(tmp_path: Path) -> None:
    _, rows, notes = parse(tmp_path / "r.csv", line("2026/11/20", "€10.00"))
    assert rows[0]["channel"] is None
    assert any(isinstance(n, Note) and "--account" in n.text for n in notes)


def test_the_report_by_asin_is_not_taken_for_the_one_by_day(tmp_path: Path) -> None:
    header = ["(Parent) ASIN", "(Child) ASIN", *HEADER[1:]]
    with (tmp_path / "r.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, ["B0A", "B0B", *line("x")[1:]]])
    assert not any(i.recognise(s) for s in open_sheets(tmp_path / "r.csv") for i in BUSINESS_REPORTS)


@pytest.mark.parametrize("name", ["07BusinessReport-30-10-22.csv", "09BusinessReport-30-10-22 (1).csv"])
def test_real_japanese_reports(name: str) -> None:
    path = SHARED / name
    if not path.exists():
        pytest.skip("the folder of real exports is not beside this repository")
    (sheet,) = open_sheets(path)
    rows: list[Any] = [item.values for item in read(sheet) if isinstance(item, Row)]
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [next(v for k, v in row.items() if k == "注文商品売上") for row in csv.DictReader(file)]
    assert len(rows) == len(cells) == 31
    assert sum(row["ordered_sales"] for row in rows) == sum(Decimal(c.strip("￥").replace(",", "")) for c in cells)
    assert {row["channel"] for row in rows} == {"amazon.co.jp"}
    assert (rows[0]["day"], rows[-1]["day"]) == (date(2022, 9, 28), date(2022, 10, 28))
