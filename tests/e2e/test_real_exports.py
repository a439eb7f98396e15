"""Files as Seller Central and the Ads console really export them: every row and every digit accounted for."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook

if TYPE_CHECKING:
    from tests.e2e.conftest import Done, Home

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
DATA = SHARED / "data"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs the collection of exports beside the repository"),
]

COUNTED = {
    "amazon_jp/82171019457.txt": "amazon.all_orders",
    "amazon_jp/file02_20230226_041204.txt": "amazon.all_orders",
    "amazon_uk/110793675556020213.txt": "amazon.all_orders",
    "ads_in_oils/Sponsored Products Advertised product report.xlsx": "amazon.sp_advertised_product",
    "ads_in_oils/Sponsored Products Campaign report.csv": "amazon.sp_campaign",
    "ads_in_oils/Sponsored Products Performance Over Time report (2).xlsx": "amazon.sp_performance_over_time",
    "ads_in_oils/Sponsored Products Placement report (1).xlsx": "amazon.sp_placement",
    "ads_in_oils/Sponsored Products Search term report.xlsx": "amazon.sp_search_term",
    "ads_in_oils/Sponsored Products Targeting report (1).xlsx": "amazon.sp_targeting",
    "ads_us_oil_2026/custom_ads.csv": "amazon.ads_search_term",
    "ads_us_spoon/Sponsored Products Search term report.xlsx": "amazon.sp_search_term",
    "ads_us_spoon/Sponsored Products Search term report2.xlsx": "amazon.sp_search_term",
}
LEVELS = {"product": "Advertised product report", "targeting": "Targeting report (1)",
          "placement": "Placement report (1)", "search_term": "Search term report"}  # fmt: skip
# Tables, and the columns that may differ where a row came back from an older version.
TABLES = ("order_line", "traffic_day", "ad_day", "settlement_line", "payload")


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of an export by their column names, read with other means than kpiterm's."""
    if path.suffix == ".xlsx":
        header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        yield from (dict(zip(map(str, header), row, strict=True)) for row in rows)
        return
    with path.open(
        encoding="cp932" if "jp" in path.parent.name and path.suffix == ".txt" else "utf-8-sig", newline=""
    ) as file:
        flat = path.suffix == ".txt"
        yield from csv.DictReader(
            file, delimiter="\t" if flat else ",", quoting=csv.QUOTE_NONE if flat else csv.QUOTE_MINIMAL
        )


def number(value: object) -> Decimal:
    text = str(value).replace(",", "").removeprefix("Rs.").removeprefix("$").strip()
    return round(Decimal(text or "0"), 4)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[Path], Done]:
    from tests.e2e.conftest import Home

    home = Home(tmp_path_factory.mktemp("exports"))
    files = sorted(f for folder in ("amazon_jp", "amazon_uk", "ads_*") for f in DATA.glob(f"{folder}/*"))
    return home, files, home("import", "--json", *files)


def test_every_file_is_loaded_or_named_as_not_recognised(imported: tuple[Home, list[Path], Done]) -> None:
    _, files, done = imported
    assert done.code in (0, 6), done.err
    answers = done.json["files"]
    assert [answer["path"] for answer in answers] == list(map(str, files))
    for answer in answers:
        if answer["kind"] is None:
            assert "not recognised" in answer["error"]
        else:
            assert answer["error"] is None
            assert answer["rows"] == answer["loaded"] + answer["quarantined"]
    kinds = {str(Path(a["path"]).relative_to(DATA)): a["kind"] for a in answers}
    assert {name: kinds[name] for name in COUNTED} == COUNTED
    rows = {str(Path(a["path"]).relative_to(DATA)): a["rows"] for a in answers}
    assert {name: rows[name] for name in COUNTED} == {name: sum(1 for _ in records(DATA / name)) for name in COUNTED}
    assert {a["encoding"] for a in answers if a["kind"] == "amazon.all_orders" and "jp" in a["path"]} == {"cp932"}


def test_order_sums_are_those_of_the_files(imported: tuple[Home, list[Path], Done]) -> None:
    home, _, _ = imported
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(), Decimal()])
    quantity = lines = 0
    for name in COUNTED:
        if name.endswith(".txt"):
            for record in records(DATA / name):
                lines, quantity = lines + 1, quantity + int(record["quantity"])
                if record["item-price"]:
                    sums[record["currency"]][0] += number(record["item-price"])
                    sums[record["currency"]][1] += number(record["item-tax"])
    found = home.rows(
        "SELECT currency, sum(item_price) FROM order_line WHERE item_price IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    assert [(currency, Decimal(price)) for currency, price in found] == [(c, sums[c][0]) for c in sorted(sums)]
    assert home.rows("SELECT count(*), sum(quantity) FROM order_line") == [[lines, quantity]]


@pytest.mark.parametrize("level", LEVELS)
def test_ad_sums_are_those_of_the_files(imported: tuple[Home, list[Path], Done], level: str) -> None:
    home, _, _ = imported
    file = DATA / "ads_in_oils" / f"Sponsored Products {LEVELS[level]}.xlsx"
    rows = list(records(file))
    truth = (sum(number(row["Spend"]) for row in rows), sum(int(row["Clicks"]) for row in rows))
    [[spend, clicks]] = home.rows(
        f"SELECT sum(spend), sum(clicks) FROM ad_day WHERE currency = 'INR' AND level = '{level}'"
    )
    assert (Decimal(spend), clicks) == truth


def test_rows_over_several_days_stand_on_no_day(imported: tuple[Home, list[Path], Done]) -> None:
    home, _, _ = imported
    truth = sum(number(row["Total cost"]) for row in records(DATA / "ads_us_oil_2026/custom_ads.csv"))
    [[spend, summary]] = home.rows(
        "SELECT sum(spend), sum(spend) FILTER (WHERE level = 'summary') FROM ad_day "
        "WHERE source = 'amazon.ads_search_term'"
    )
    assert Decimal(spend) == truth
    assert 0 < Decimal(summary) < truth
    single = home.rows("SELECT count(*) FROM ad_day WHERE level <> 'summary' AND last_day <> day")
    assert single == [[0]]


def test_a_second_import_changes_nothing(imported: tuple[Home, list[Path], Done]) -> None:
    home, files, first = imported
    before = {table: home.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in TABLES}
    again = home("import", "--json", *files)
    assert again.code == first.code
    counts = {a["path"]: (a["rows"], a["new"], a["superseded"]) for a in again.json["files"]}
    assert counts == {a["path"]: (a["rows"], 0, 0) for a in first.json["files"]}
    after = {table: home.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in TABLES}
    assert [table for table in TABLES if after[table] != before[table]] == []


def test_the_month_of_the_japanese_business_reports(imported: tuple[Home, list[Path], Done]) -> None:
    """They carry October 2022 in Japan's own days; the advertising exports carry nothing of it."""
    home, _, _ = imported
    truth = sum(
        number(record["注文商品売上"].lstrip("￥"))
        for record in records(DATA / "amazon_jp/07BusinessReport-30-10-22.csv")
        if record["日付"].startswith("2022/10")
    )
    board = {g["id"]: g for g in home("status", "--period", "2022-10", "--json").json["kpis"] if g["channel"] == "all"}
    assert (Decimal(board["gmv"]["value"]), board["gmv"]["currency"]) == (truth, "JPY")
    assert (board["acos"]["state"], board["acos"]["value"]) == ("no_data", None)


def test_the_board_of_periods_with_data(imported: tuple[Home, list[Path], Done]) -> None:
    home, _, _ = imported
    march = sum(
        number(record["item-price"])
        for record in records(DATA / "amazon_jp/82171019457.txt")
        if record["purchase-date"].startswith("2023-03") and record["order-status"] != "Cancelled"
    )
    board = {g["id"]: g for g in home("status", "--period", "2023-03", "--json").json["kpis"] if g["channel"] == "all"}
    assert (Decimal(board["gmv"]["value"]), board["gmv"]["currency"]) == (march, "JPY")
    assert board["acos"]["value"] is None
    assert board["acos"]["reason"]
    board = {g["id"]: g for g in home("status", "--period", "2020-02", "--json").json["kpis"] if g["channel"] == "all"}
    spend, sales = Decimal(board["acos"]["numerator"]), Decimal(board["acos"]["denominator"])
    assert abs(Decimal(board["acos"]["value"]) - spend / sales) < Decimal("0.000001")
