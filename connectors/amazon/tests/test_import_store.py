"""Every real export into a store: the right kind with exact totals, or the reason why not; the same file twice changes
nothing, and files that overlap count once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kpiterm.config import Account
from kpiterm.paths import Paths
from kpiterm.plugins.manager import load
from kpiterm.store.engine import Writer
from kpiterm.sync.imports import Desk, Report, import_file
from kpiterm.sync.sheets import open_sheets

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"
PLUGINS = load()
APRIL_10 = (date(2026, 4, 10), date(2026, 4, 10))
JANUARY, FEBRUARY = (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))


@dataclass(frozen=True)
class Shop:
    """A store of its own, and files on their way into it."""

    writer: Writer
    spool: Path

    def take(self, path: Path, period: tuple[date, date] | None = None, account: str | None = None) -> Report:
        accounts = [Account(name="jp", connector="amazon", settings={"marketplace": "JP", "client_id": "c"})]
        desk = Desk(
            plugins=PLUGINS, accounts=accounts, account=account, spool=self.spool, writer=self.writer, period=period
        )  # fmt: skip
        return import_file(desk, path)

    def all(self, sql: str) -> list[tuple[Any, ...]]:
        with self.writer.transaction() as con:
            return con.execute(sql).fetchall()

    def total(self, table: str, money: str) -> Decimal:
        return Decimal(str(self.all(f"SELECT coalesce(sum({money}), 0) FROM {table}")[0][0]))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    (tmp_path / "spool").mkdir()
    with Writer(Paths(tmp_path / "home")) as writer:
        yield Shop(writer, tmp_path / "spool")


def column(
    *names: str, encoding: str = "utf-8-sig", delimiter: str = ",", skip: int = 0, comma: bool = False
) -> Callable[[Path], Decimal]:
    """Sums columns of a text file without any of the code under test."""

    def sum_up(path: Path) -> Decimal:
        lines = path.read_text(encoding).splitlines(keepends=True)[skip:]
        quoting: Any = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
        reader = csv.DictReader(io.StringIO("".join(lines), newline=""), delimiter=delimiter, quoting=quoting)
        return sum((number(row[name]) for row in reader for name in names if row[name]), Decimal(0))

    def number(text: str) -> Decimal:
        text = text.strip().lstrip("$￥")
        return Decimal(text.replace(".", "").replace(",", ".") if comma else text.replace(",", ""))

    return sum_up


def cost(path: Path) -> Decimal:
    return sum((Decimal(str(row["cost"])) for row in json.loads(path.read_text(), parse_float=Decimal)), Decimal(0))


def charged(path: Path) -> Decimal:
    """All fee charges of Data Kiosk's economics."""
    records = [json.loads(line, parse_float=Decimal) for line in path.read_text().splitlines()]
    charges = [charge for record in records for fee in record["fees"] for charge in fee["charges"]]
    return sum((Decimal(charge["aggregatedDetail"]["totalAmount"]["amount"]) for charge in charges), Decimal(0))


def stated(path: Path) -> Decimal:
    """The total that a settlement states on its first line."""
    with path.open(newline="") as file:
        return Decimal(next(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))["total-amount"])


JP = "amazon_jp/"
tabbed = partial(column, delimiter="\t")
japanese = partial(column, encoding="cp932")
ORDERS = column("item-price", encoding="cp932", delimiter="\t")
# File, days given with it, kind, table, rows stored, column summed, the sum, and how to find it in the file itself.
READ: list[tuple[str, tuple[date, date] | None, str, str, int, str, str, Callable[[Path], Decimal] | None]] = [
    ("amazon_br/2026Apr1-2026Apr15CustomUnifiedTransaction.csv", None, "transactions", "settlement_line", 247,
     "amount", "-2572.51", column("total", skip=9, comma=True)),
    (f"{JP}202210月1-202210月21CustomTransaction.csv", None, "transactions", "settlement_line", 3013, "amount",
     "-130015", column("合計", encoding="cp932", skip=7)),
    *(
        (f"amazon_ca_settlement/{name}.txt", None, "settlement_v1", "settlement_line", rows, "amount", total, stated)
        for name, rows, total in (
            ("50034020328", 153, "1016.08"), ("50041020342", 386, "2539.66"), ("50044020356", 575, "4630.23"),
        )
    ),
    ("amazon_us_settlement_v2/settlement-sample.txt", None, "settlement_v2", "settlement_line", 23, "amount", "582.89",
     stated),
    ("amazon_in_kaggle/Amazon_Sales_Sample.csv", None, "sale_report", "order_line", 2001, "item_price", "1164098.57",
     column("Amount")),
    (f"{JP}82171019457.txt", None, "all_orders", "order_line", 713, "item_price", "1147353", ORDERS),
    (f"{JP}file02_20230226_041204.txt", None, "all_orders", "order_line", 594, "item_price", "895740", ORDERS),
    ("amazon_uk/110793675556020213.txt", None, "all_orders", "order_line", 62, "item_price", "1037.11",
     tabbed("item-price")),
    ("amazon_it/inventory_mconverter.csv", None, "merchant_inventory", "stock_level", 4879, "available", "98822",
     tabbed("quantity")),
    (f"{JP}FBA在庫レポート+10-29-2022.txt", None, "afn_inventory", "stock_level", 797,
     "coalesce(available, 0) + coalesce(unfulfillable, 0)", "1468", tabbed("Quantity Available")),
    (f"{JP}すべての出品商品のレポート+10-29-2022.txt", None, "listings", "listing", 751, "price", "1113321",
     tabbed("価格")),
    (f"{JP}81806019292.csv", None, "storage_fees", "fee", 733, "amount", "7734.0010",
     japanese("Monthly storage fee (est.)")),
    (f"{JP}81807019292.csv", None, "aged_inventory_fees", "fee", 140, "amount", "9530",
     japanese("long-time-range-long-term-storage-fee", "short-time-range-long-term-storage-fee")),
    (f"{JP}07BusinessReport-30-10-22.csv", None, "business_sales", "traffic_day", 31, "ordered_sales", "1364099",
     column("注文商品売上")),
    (f"{JP}09BusinessReport-30-10-22 (1).csv", None, "business_traffic", "traffic_day", 31, "ordered_sales", "1364099",
     column("注文商品売上")),
    ("ads_us_oil_2026/business_reports.csv", APRIL_10, "business_items", "traffic_day", 1, "ordered_sales", "7274.35",
     column("Ordered Product Sales")),
    ("datakiosk_us/economics.jsonl", None, "kiosk_economics", "fee", 11, "amount", "21.6369", charged),
    *(
        (f"ads_api_v3_in/{name}.json", days, f"ads_api_{by}", "ad_day", rows, "spend", spend, cost)
        for name, days, by, rows, spend in (
            ("a_sb_campaigns_20260410", APRIL_10, "campaign", 7, "6358.46"),
            ("a_sd_campaigns_2026-02", FEBRUARY, "campaign", 44, "10245.20"),
            ("a_sp_advertised_product_2026-01", JANUARY, "product", 527, "206880.27"),
            ("a_sp_advertised_product_2026-02", FEBRUARY, "product", 618, "220439.45"),
            ("a_sp_campaigns_2026-01", JANUARY, "campaign", 119, "206880.27"),
            ("a_sp_campaigns_2026-02", FEBRUARY, "campaign", 134, "220439.45"),
            ("b_sd_campaigns_20260410", APRIL_10, "campaign", 10, "17263.87"),
            ("b_sp_advertised_product_20260410", APRIL_10, "product", 65, "49056.29"),
            ("b_sp_campaigns_20260410", APRIL_10, "campaign", 33, "49056.29"),
            ("b_sp_search_terms_20260410", APRIL_10, "search_term", 1021, "49056.29"),
            ("b_sp_targeting_20260410", APRIL_10, "targeting", 278, "49056.29"),
        )
    ),
    # The sums of these are found independently in test_import_ads.py.
    *(
        (f"ads_in_oils/Sponsored Products {name}", None, f"sp_{kind}", "ad_day", rows, "spend", "47108.12", None)
        for name, kind, rows in (
            ("Advertised product report.xlsx", "advertised_product", 265), ("Campaign report.csv", "campaign", 182),
            ("Performance Over Time report (2).xlsx", "performance_over_time", 29),
            ("Placement report (1).xlsx", "placement", 545), ("Search term report.xlsx", "search_term", 923),
            ("Targeting report (1).xlsx", "targeting", 1683),
        )
    ),
    ("ads_us_spoon/Sponsored Products Search term report.xlsx", None, "sp_search_term", "ad_day", 638, "spend",
     "1179.16", None),
    ("ads_us_spoon/Sponsored Products Search term report2.xlsx", None, "sp_search_term", "ad_day", 50, "spend", "42.99",
     None),
    ("ads_us_oil_2026/custom_ads.csv", None, "ads_search_term", "ad_day", 1530, "spend", "3471.32", None),
    ("sp_api_vendor_examples/GET_SALES_AND_TRAFFIC_REPORT.json", None, "sales_traffic_date", "traffic_day", 4,
     "ordered_sales", "1083.14", None),
]  # fmt: skip
# File and the words of the reason why nothing of it is stored.
NOT_READ = {
    "MANIFEST.md": "not recognised",
    "ads_api_v3_in/a_sd_campaigns_2026-01.json": "without any record",
    "amazon_in_kaggle/Sale Report.csv": "not recognised",  # a seller's own list: `import --map` reads it
    f"{JP}81813019293.csv": "tells parcels, not orders",
    f"{JP}81816019293.csv": "advice of one day",
    f"{JP}82431019594.csv": "estimates for one unit",
    "amazon_uk/121259193815020213_unshipped.txt": "names and addresses of buyers",
    "datakiosk_us/salesAndTraffic_byDate_week.jsonl": "it covers 2024-12-29 to 2025-01-04",
    "sp_api_vendor_examples/GET_BRAND_ANALYTICS_SEARCH_CATALOG_PERFORMANCE_REPORT.json": "which no KPI uses",
    "sp_api_vendor_examples/GET_BRAND_ANALYTICS_SEARCH_QUERY_PERFORMANCE_REPORT.json": "which no KPI uses",
    "sp_api_vendor_examples/GET_SALES_AND_TRAFFIC_REPORT_1.json": "it covers a week from 2021-06-06",
    "sp_api_vendor_examples/GET_SALES_AND_TRAFFIC_REPORT_2.json": "it covers a month from 2021-06-01",
    "sp_api_vendor_examples/GET_V2_SELLER_PERFORMANCE_REPORT.json": "does not say of which day",
    "sp_api_misc/test_download_report_document_with_url.yml": "not recognised",  # recordings of HTTP, no exports
    "sp_api_misc/test_quota_exceeded.yml": "not recognised",
}
# Folders whose files are no exports of Amazon: other connectors' files, other shops' data sets, the demand panel.
FOREIGN = (
    "demand", "helium10", "junglescout", "public_olist", "public_superstore", "shopify_be", "shopify_ca_shoes",
    "shopify_pk", "shopify_products", "shopify_sdk_fixtures", "shopify_us_b", "shopify_us_inventory", "shopify_za",
    "walmart_vendor_examples", "walmart_ventmere", "walmart_xml_v3",
)  # fmt: skip


def shared(name: str) -> Path:
    if not SHARED.is_dir():
        pytest.skip("the folder of real exports is not beside this repository")
    return SHARED / name


@pytest.mark.parametrize(("name", "period", "kind", "table", "rows", "money", "total", "of_file"), READ)
def test_a_real_export_is_stored_whole_and_once(
    shop: Shop, name: str, period: tuple[date, date] | None, kind: str, table: str, rows: int, money: str, total: str,
    of_file: Callable[[Path], Decimal] | None,
) -> None:  # fmt: skip
    path = shared(name)
    first = shop.take(path, period)
    assert (first.kind, first.error, first.tables) == (f"amazon.{kind}", None, {table: rows})
    assert shop.total(table, money) == Decimal(total)
    assert of_file is None or of_file(path) == Decimal(total)

    again = shop.take(path, period)
    assert (again.new, again.superseded, shop.total(table, money)) == (0, 0, Decimal(total))


@pytest.mark.parametrize("name", NOT_READ)
def test_a_real_export_that_is_not_stored_says_why(shop: Shop, name: str) -> None:
    report = shop.take(shared(name))
    assert (report.loaded, report.tables) == (0, {})
    assert NOT_READ[name] in "\n".join([report.error or "", *report.warnings])


def test_every_real_file_is_in_one_of_the_lists() -> None:
    names = {str(path.relative_to(shared("."))) for path in shared(".").rglob("*") if path.is_file()}
    here = {name for name in names if name.partition("/")[0] not in FOREIGN}
    assert here == {line[0] for line in READ} | NOT_READ.keys()


def test_no_table_is_taken_by_two_readers() -> None:
    for path in shared(".").rglob("*.*"):
        if path.is_file() and path.name not in ("a_sd_campaigns_2026-01.json", "train.csv.gz"):
            for sheet in open_sheets(path):
                assert len([i.kind for i in PLUGINS.importers if i.recognise(sheet)]) <= 1, path.name


def test_nothing_of_other_shops_is_taken_for_an_export_of_amazon(shop: Shop) -> None:
    foreign = [path for folder in FOREIGN for path in shared(folder).iterdir() if path.stat().st_size < 2_000_000]
    assert [p.name for p in foreign if (shop.take(p).kind or "").startswith("amazon.")] == []


def test_orders_of_pulls_that_overlap_count_once(shop: Shop) -> None:
    for name in ("file02_20230226_041204.txt", "82171019457.txt"):
        shop.take(shared(JP + name), account="jp")
    assert shop.all("SELECT count(*) FROM order_line") == [(713 + 594,)]
    assert shop.take(shared(f"{JP}file02_20230226_041204.txt"), account="jp").new == 0


HEADER = (
    "date/time", "settlement id", "type", "order id", "sku", "description", "quantity", "marketplace", "product sales",
    "selling fees", "fba fees", "other", "total", "Transaction Status", "Transaction Release Date",
)  # fmt: skip
SALE = ("Oct 2, 2026 12:20:42 PM PDT", "11", "Order", "111-1", "A", "Mat", "1", "amazon.com", "20.00", "-3.00", "-4.00",
        "0", "13.00", "Released", "Oct 9, 2026 1:00:00 PM PDT")  # fmt: skip
FEE = ("Oct 2, 2026 1:00:00 PM PDT", "11", "", "", "", "Coupon", "", "amazon.com", "0", "0", "0", "-0.60", "-0.60",
       "Released", "")  # fmt: skip


def report(path: Path, *lines: Sequence[str]) -> Path:
    preamble = [['Includes "Amazon" Marketplace'], ["All amounts in USD, unless specified"], ["Definitions:"]]
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([*preamble, HEADER, *lines])
    return path


def test_equal_transactions_are_real_and_reports_that_overlap_count_the_larger_number(
    shop: Shop, tmp_path: Path
) -> None:
    for number, lines in enumerate([(SALE, FEE, FEE), (FEE, FEE, FEE, SALE), (SALE, FEE)]):
        assert shop.take(report(tmp_path / f"{number}.csv", *lines)).error is None
    assert shop.total("settlement_line", "amount") == Decimal("13.00") - 3 * Decimal("0.60")
    assert shop.all("SELECT kind, detail, count(*) FROM settlement_line WHERE order_id IS NULL GROUP BY ALL") == [
        ("fee", "Coupon", 3)
    ]


def test_a_release_replaces_what_was_held_back_and_an_older_report_does_not_undo_it(shop: Shop, tmp_path: Path) -> None:
    held = report(tmp_path / "held.csv", (*SALE[:13], "Deferred", ""), FEE)
    shop.take(held)
    assert shop.all("SELECT kind, detail, amount FROM settlement_line WHERE order_id = '111-1'") == [
        ("deferred", "order", Decimal(13))
    ]
    for path in (report(tmp_path / "released.csv", SALE, FEE), held):
        shop.take(path)
        kinds = shop.all("SELECT kind, detail, amount FROM settlement_line WHERE order_id = '111-1' ORDER BY amount")
        assert kinds == [
            ("fee", "fba fees", Decimal(-4)), ("fee", "selling fees", Decimal(-3)),
            ("order", "product sales", Decimal(20)),
        ]  # fmt: skip


def test_a_settlement_that_was_imported_in_both_layouts_counts_once(shop: Shop, tmp_path: Path) -> None:
    v2 = tmp_path / "v2.txt"
    v2.write_text(
        "settlement-id\ttotal-amount\tcurrency\ttransaction-type\torder-id\tmarketplace-name\tamount-type\t"
        "amount-description\tamount\tposted-date\tsku\tquantity-purchased\n"
        "24288684721\t1016.08\tCAD\t\t\t\t\t\t\t\t\t\n"
        "24288684721\t\tCAD\tOrder\t701-1\tAmazon.ca\tItemPrice\tPrincipal\t1016.08\t2025-08-18\tA\t1\n"
    )
    shop.take(shared("amazon_ca_settlement/50034020328.txt"))
    shop.take(v2)
    assert shop.all("SELECT source, count(*), sum(amount) FROM settlement_line GROUP BY ALL") == [
        ("amazon.settlement_v2", 1, Decimal("1016.08"))
    ]


def test_stock_of_a_report_without_a_date_stands_on_the_day_that_is_given(shop: Shop) -> None:
    path = shared(f"{JP}FBA在庫レポート+10-29-2022.txt")
    shop.take(path, (date(2022, 10, 29), date(2022, 10, 29)), "jp")
    assert shop.all("SELECT DISTINCT channel, CAST(taken_at AS VARCHAR) FROM stock_level") == [
        ("amazon.co.jp", "2022-10-28 15:00:00")
    ]


def test_a_declared_account_gives_advertising_its_currency(shop: Shop) -> None:
    shop.take(shared("ads_api_v3_in/b_sp_campaigns_20260410.json"), APRIL_10, "jp")
    assert shop.all("SELECT DISTINCT channel, currency, level, attribution_days FROM ad_day") == [
        ("amazon.co.jp", "JPY", "campaign", 1)
    ]


def test_nobody_but_the_owner_knows_the_days_of_a_report_without_dates(shop: Shop) -> None:
    ads = shop.take(shared("ads_api_v3_in/b_sp_campaigns_20260410.json"))
    items = shop.take(shared("ads_us_oil_2026/business_reports.csv"))
    month = shop.take(shared("ads_us_oil_2026/business_reports.csv"), JANUARY)
    assert "names neither its days nor its account and currency" in (ads.error or "")
    assert "holds no date" in (items.error or "")
    assert ads.hint == items.hint == "name the days that it covers: kpiterm import --period 2026-10-05 FILE"
    assert "one sum for all of 2026-01-01 to 2026-01-31" in (month.error or "")


@pytest.mark.parametrize(
    ("name", "column", "kind"),
    [
        ("amazon_jp/82171019457.txt", "sku", "amazon.all_orders"),
        ("amazon_us_settlement_v2/settlement-sample.txt", "amount", "amazon.settlement_v2"),
        ("amazon_jp/FBA在庫レポート+10-29-2022.txt", "Quantity Available", "amazon.afn_inventory"),
    ],
)
def test_a_known_report_without_one_of_its_columns_is_named_with_it(
    shop: Shop, tmp_path: Path, name: str, column: str, kind: str
) -> None:
    (sheet,) = open_sheets(shared(name))
    at = [cell.casefold() for cell in sheet.header].index(column.casefold())
    with (tmp_path / "f.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(row[:at] + row[at + 1 :] for row in (sheet.header, *sheet.rows()))
    got = shop.take(tmp_path / "f.csv")
    assert (got.error, got.loaded) == (f"not recognised: f.csv: looks like {kind}, but lacks the column {column!r}", 0)
    assert "--learn" in got.hint
