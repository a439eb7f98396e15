"""Exported files through the whole import: bounds stay bounds, nothing repeats, nothing is guessed."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.sync.sheets import open_sheets
from kpiterm_helium10.import_files import IMPORTERS
from kpiterm_helium10.import_table import bounded, decimal_comma, plain

if TYPE_CHECKING:
    from conftest import Host

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "helium10"
Write = Callable[..., Path]
RANKS = "select day, item_id, keyword, kind, rank, bound, search_volume from keyword_rank order by all"
FIGURES = "select channel, item_id, metric, estimate, bound, currency from market_estimate order by all"
CEREBRO = ["Keyword Phrase", "Cerebro IQ Score", "Search Volume", "Competing Products"]
TRACKER = ["Title", "ASIN", "Keyword Sales", "Keyword", "Marketplace", "Search Volume", "Organic Rank",
           "Sponsored Position", "Date Added"]  # fmt: skip
XRAY = ["Display Order", "Product Details", "ASIN", "URL", "Price  USD", "Parent Level Sales", "ASIN Sales",
        "ASIN Revenue", "BSR", "Ratings", "Review Count", "Images", "Images"]  # fmt: skip


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the folder of real exports is not beside this repository")
    return SHARED


def test_cerebro_has_a_column_for_each_asin(host: Host, write: Write) -> None:
    path = write("US_AMAZON_cerebro__2026-10-31.csv", [*CEREBRO, "B0EXAMPLE1", "B0EXAMPLE2"],
                 ["Bath\x07 Mat,  large", "4072", "12,217", "3,000", "4", ">306"],
                 ["B0C9PLML31", "1", "100", ">105", "-", "0"])  # fmt: skip
    report = host.take(path)
    assert (report.kind, report.error, report.warnings) == ("helium10.cerebro", None, [])
    day, mat = date(2026, 10, 31), "bath mat, large"
    assert host.rows(RANKS) == [
        (day, "B0EXAMPLE1", "b0c9plml31", "organic", None, None, 100),
        (day, "B0EXAMPLE1", mat, "organic", 4, "exact", 12217),
        (day, "B0EXAMPLE2", "b0c9plml31", "organic", None, None, 100),
        (day, "B0EXAMPLE2", mat, "organic", 306, "more_than", 12217),
    ]


def test_the_own_rank_is_that_of_the_asin_in_the_name(host: Host, write: Write) -> None:
    header = [*CEREBRO, "Position (Rank)"]
    host.take(write("UK_AMAZON_cerebro_B0EXAMPLE1_2026-10-31.csv", header, ["mat", "1", "100", "3", "7"]))
    assert host.rows(RANKS) == [(date(2026, 10, 31), "B0EXAMPLE1", "mat", "organic", 7, "exact", 100)]
    assert host.rows("select distinct channel from keyword_rank") == [("amazon.co.uk",)]
    report = host.take(write("renamed_2026-10-31.csv", header, ["rug", "1", "50", "3", "9"]))
    assert "does not say whose ranks" in report.warnings[0]
    assert host.rows(RANKS)[-1] == (date(2026, 10, 31), None, "rug", None, None, None, 50)


def test_chinese_headers_in_any_order(host: Host, write: Write) -> None:
    header = ["竞品数", "ABA总计 转化份额", "关键词词组", "Cerebro IQ 得分", "自然排名", "广告排名", "搜索量"]
    path = write("US_AMAZON_cerebro_B0EXAMPLE1_2026-10-31.csv", header, ["3000", "", "浴室 垫", "1", "12", "-", "450"])
    report = host.take(path)
    assert (report.kind, report.warnings) == ("helium10.cerebro", [])
    assert host.rows(RANKS) == [
        (date(2026, 10, 31), "B0EXAMPLE1", "浴室 垫", "organic", 12, "exact", 450),
        (date(2026, 10, 31), "B0EXAMPLE1", "浴室 垫", "sponsored", None, None, 450),
    ]


def test_magnet_gives_volumes_and_a_bound_is_no_volume(host: Host, write: Write) -> None:
    header = ["Keyword Phrase", "Magnet IQ Score", "Search Volume", "Competing Products", "Smart Complete"]
    lines = [["mat", "1", ">100,000", "3", "1"], ["rug", "1", "N/R", "3", "1"], ["MAT ", "1", "7", "3", "1"]]
    report = host.take(write("US_AMAZON_magnet__2026-10-31.csv", header, *lines))
    assert report.kind == "helium10.magnet"
    assert "1 rows repeat a keyword" in report.warnings[0]
    assert [row[2:] for row in host.rows(RANKS)] == [("mat", *[None] * 4), ("rug", *[None] * 4)]
    assert host.rows(FIGURES) == [("amazon.com", None, "search_volume", 100000, "more_than", None)]
    assert host.rows("select keyword from market_estimate") == [("mat",)]


def tracked(volume: str, rank: str, added: str, place: str = "amazon.com", keyword: str = "Bath Mat") -> list[str]:
    return ["Mat", "B0EXAMPLE1", "-", keyword, place, volume, rank, "-", added]


def test_of_a_tracked_keyword_and_day_the_latest_row_counts(host: Host, write: Write) -> None:
    path = write("keywords-2026-02-12.csv", TRACKER,
                 tracked("900", "54", "2/11/2026 4:01 PM"), tracked("900", ">306", "2026-02-10 11:05:30"),
                 tracked("900", "60", "2026-02-11 09:00:00"), tracked("800", "3", "2026-02-11 09:00:00", "amazon.ca"),
                 tracked("1", "x", "2026-02-11 09:00:00", keyword="rug"), tracked("1", "5", "02/11/2026 09:00:00"),
                 tracked("1", "5", "2026-02-11 09:00:00", "ebay.com"))  # fmt: skip
    report = host.take(path)
    assert (report.kind, report.quarantined) == ("helium10.keyword_tracker", 3)
    found = host.rows("select channel, day, rank, bound from keyword_rank where kind = 'organic' order by all")
    assert found == [
        ("amazon.ca", date(2026, 2, 11), 3, "exact"), ("amazon.com", date(2026, 2, 10), 306, "more_than"),
        ("amazon.com", date(2026, 2, 11), 54, "exact"),
    ]  # fmt: skip
    assert any("the latest was read" in text for text in report.warnings)


def test_a_rolling_export_adds_its_new_days_only_and_leaves_other_marketplaces_alone(host: Host, write: Write) -> None:
    first, second, third = (tracked("9", str(n + 5), f"2026-02-1{n} 08:00:00") for n in range(3))
    host.take(write("a.csv", TRACKER, first, second))
    again = host.take(write("b.csv", TRACKER, second, third))
    assert (again.new, again.superseded) == (2, 0)
    host.take(write("c.csv", TRACKER, tracked("9", "8", "2026-02-11 08:00:00", "amazon.ca")))
    assert host.rows("select channel, count(*) from keyword_rank group by all order by 1") == [
        ("amazon.ca", 2), ("amazon.com", 6),
    ]  # fmt: skip


def product(order: str, asin: str, sales: str, parent: str) -> list[str]:
    url = f"https://www.amazon.com/dp/{asin}"
    return [order, "Mat, large", asin, url, "19.99", parent, sales, "n/a", "1,234", "4.5", "-", "7", "8"]


def test_xray_reads_each_asin_once_and_no_parent_level(host: Host, write: Write) -> None:
    path = write("Helium_10_Xray_2026-08-21.csv", XRAY,
                 product("3.", "B0EXAMPLE1", "100", "6892"), product("3.1.", "B0EXAMPLE1", "90", "7461"),
                 product("3.2.", "B0EXAMPLE2", ">283", "7461"), product("4.", "none", "1", "1"))  # fmt: skip
    report = host.take(path)
    assert (report.kind, report.quarantined) == ("helium10.xray", 1)
    assert host.rows("select day from market_estimate group by all") == [(date(2026, 8, 21),)]
    units = [row for row in host.rows(FIGURES) if row[2] == "xray_units_30d"]
    assert units == [
        ("amazon.com", "B0EXAMPLE1", "xray_units_30d", 90, "exact", None),
        ("amazon.com", "B0EXAMPLE2", "xray_units_30d", 283, "more_than", None),
    ]
    metrics = {row[2] for row in host.rows(FIGURES)}
    assert metrics == {"xray_price", "xray_units_30d", "xray_bsr", "xray_rating"}
    assert ("amazon.com", "B0EXAMPLE1", "xray_price", Decimal("19.99"), "exact", "USD") in host.rows(FIGURES)
    assert any("1 rows repeat an ASIN" in text for text in report.warnings)
    assert any("parent level" in text for text in report.warnings)


def test_a_file_with_decimal_commas(host: Host, write: Write) -> None:
    header = [name.replace("USD", "€") for name in XRAY]
    line = ["3.1.", "Matte", "B0EXAMPLE1", "https://amazon.de/dp/B0EXAMPLE1", "69,95", "6\u202f892", "284",
            "366\u00a0714,82", "6 892", "4,5", "20", "1", "1"]  # fmt: skip
    host.take(write("xray_2026-08-21.csv", header, line))
    found = {metric: (value, currency) for _, _, metric, value, _, currency in host.rows(FIGURES)}
    assert found == {
        "xray_price": (Decimal("69.95"), "EUR"), "xray_units_30d": (284, None), "xray_bsr": (6892, None),
        "xray_revenue_30d": (Decimal("366714.82"), "EUR"), "xray_rating": (Decimal("4.5"), None),
        "xray_reviews": (20, None),
    }  # fmt: skip
    assert {row[0] for row in host.rows(FIGURES)} == {"amazon.de"}


def test_older_exports_keep_the_listings_figures_apart(host: Host, write: Write) -> None:
    header = ["Display Order", "Product Details", "ASIN", "Price  ₹", "Sales", "Revenue", "BSR",
              "Variation Sales Strength (1 - 10)"]  # fmt: skip
    host.take(write("xray_2026-08-21.csv", header, ["1", "Mat", "B0EXAMPLE1", "499", "9", "1,13,529.99", "3", "7"]))
    found = {metric: (value, currency) for _, _, metric, value, _, currency in host.rows(FIGURES)}
    assert found == {
        "xray_price": (499, "INR"), "xray_listing_units_30d": (9, None), "xray_bsr": (3, None),
        "xray_listing_revenue_30d": (Decimal("113529.99"), "INR"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        ["Keyword Phrase", "Volume", "Rivals", "Cerebro IQ Score"],
        ["关键词", "搜索量", "竞品数"],
        ["ASIN", "Title", "Price", "BSR"],
        ["Keyword", "ASIN", "Organic Rank", "Search Volume"],
        ["date", "sku", "sales"],
    ],
)
def test_headers_that_are_none_of_helium_tens_are_not_taken(write: Write, header: list[str]) -> None:
    path = write("US_AMAZON_cerebro_B0EXAMPLE1_2026-10-31.csv", header, ["mat", *["1"] * (len(header) - 1)])
    assert not [i.kind for sheet in open_sheets(path) for i in IMPORTERS if i.recognise(sheet)]


def test_a_file_without_a_day_is_of_the_day_on_which_it_was_written(host: Host, write: Write) -> None:
    path = write("cerebro.csv", CEREBRO, ["mat", "1", "9", "3"])
    os.utime(path, (1_790_000_000, 1_790_000_000))
    report = host.take(path)
    assert host.rows("select day from keyword_rank") == [(date(2026, 9, 21),)]
    assert "2026-09-21, when it was written" in report.warnings[0]


def test_a_file_without_a_day_is_of_the_day_that_is_given(host: Host, write: Write) -> None:
    report = host.take(write("cerebro_2026-10-30.csv", CEREBRO, ["mat", "1", "9", "3"]), date(2026, 10, 31))
    assert host.rows("select day from keyword_rank") == [(date(2026, 10, 31),)]
    assert report.warnings == []


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (["显示顺序", "产品详情", "ASIN", "链接", "价格  US$", "销量", "BSR", "评论数"], "not recognised"),
        (["Keyword Phrase", "Cerebro IQ Score", "Volume", "Competing Products"],
         "looks like helium10.cerebro (Helium 10 Cerebro export), but lacks the column 'Search Volume'"),
        ([*XRAY[:8], "Rang"], "looks like helium10.xray (Helium 10 Xray export), but lacks the column 'BSR'"),
    ],
)  # fmt: skip
def test_an_unknown_header_is_quarantined_with_the_way_to_a_mapping(
    host: Host, write: Write, header: list[str], words: str
) -> None:
    report = host.take(write("export.csv", header, ["1"] * len(header)))
    assert (report.kind, report.loaded, host.rows(FIGURES), host.rows(RANKS)) == (None, 0, [], [])
    assert words in (report.error or "")
    assert "kpiterm import --map NAME --learn FILE" in report.hint


def test_a_real_cerebro_export(host: Host, shared: Path) -> None:
    path = shared / "US_AMAZON_cerebro_designs.csv"
    report = host.take(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    asins = [name for name in lines[0] if name.startswith("B0")]
    assert (report.kind, report.quarantined, report.loaded) == ("helium10.cerebro", 0, len(lines))
    assert report.tables["keyword_rank"] == len(lines) * len(asins)
    for asin in asins:
        ranks = [int(line[asin]) for line in lines if line[asin] not in ("-", "0")]
        sums = f"select sum(rank), count(rank), sum(search_volume) from keyword_rank where item_id = '{asin}'"
        volumes = sum(int(line["Search Volume"]) for line in lines)
        assert host.rows(sums) == [(sum(ranks), len(ranks), volumes)]
    again = host.take(path)
    assert (again.new, again.superseded) == (0, 0)


def test_a_real_black_box_export(host: Host, shared: Path) -> None:
    path = shared / "prod_blackbox_8AUG.csv"
    report = host.take(path)
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert (report.kind, report.quarantined, len(lines)) == ("helium10.black_box", 0, 200)
    sums = "count(*), sum(estimate), any_value(currency), any_value(channel)"
    found = host.rows(f"select metric, {sums} from market_estimate group by 1")
    by_metric = {metric: rest for metric, *rest in found}
    for metric, column in (("price", "Price"), ("listing_units_30d", "Monthly Sales"), ("bsr", "BSR"),
                           ("listing_revenue_30d", "Monthly Revenue"), ("reviews", "Review Count")):  # fmt: skip
        values = [Decimal(line[column]) for line in lines]
        assert by_metric[f"black_box_{metric}"][:2] == [len(values), sum(values)], metric
    assert by_metric["black_box_price"][2:] == ["INR", "amazon.in"]
    assert any("12 columns are not known" in text for text in report.warnings)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Price  USD", ("price", "USD")), ("Fees  US$", ("fees", "USD")), ("Price ₹", ("price", "INR")),
        ("\u00a0Search   Volume ", ("search volume", None)), ("Title Char. Count", ("title char. count", None)),
        ("CPR", ("cpr", None)), ("Price  R$", ("price", "BRL")),
    ],
)  # fmt: skip
def test_a_header_without_its_currency(header: str, found: tuple[str, str | None]) -> None:
    assert plain(header) == found


@given(st.decimals(0, 9_999_999, places=2), st.sampled_from([" ", "\u00a0", "\u202f", ".", "'"]))
def test_a_number_with_a_decimal_comma_is_itself_again(number: Decimal, group: str) -> None:
    text = f"{number:,.2f}".replace(",", "#").replace(".", ",").replace("#", group)
    assert decimal_comma([text]) is True
    assert bounded(text, comma=True) == (number, "exact")


@given(st.integers(0, 10**9), st.sampled_from([("", "exact"), (">", "more_than"), ("< ", "less_than")]))
def test_a_bound_stays_a_bound(number: int, mark: tuple[str, str]) -> None:
    assert bounded(f"{mark[0]}{number:,}", None) == (number, mark[1])


@pytest.mark.parametrize("text", [None, "", "-", "–", "n/a", "N/A", "N/R", " "])
def test_missing_is_not_nil(text: str | None) -> None:
    assert bounded(text, None)[0] is None
