"""Every file of the collection of real exports: its kind with exact rows and totals, or the exact reason why not.

One table holds them all. What a file adds up to is found here with other means than kpiterm's own.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from kpiterm.paths import Paths
from kpiterm.plugins import facts
from kpiterm.plugins.manager import load
from kpiterm.store.engine import Writer
from kpiterm.sync.imports import Desk, Report, import_path
from kpiterm.sync.sheets import open_sheets

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs the collection of exports beside the repository"),
]
Record = Mapping[str, Any]
Days = tuple[date, date]
APRIL_10 = (date(2026, 4, 10), date(2026, 4, 10))
JANUARY, FEBRUARY = (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))


def text(path: Path, *, encoding: str = "utf-8-sig", tab: bool = False, skip: int = 0) -> Iterator[Record]:
    """The records of a text file below so many lines."""
    lines = io.StringIO(path.read_bytes().decode(encoding), newline="")
    for _ in range(skip):
        lines.readline()
    quoting: Any = csv.QUOTE_NONE if tab else csv.QUOTE_MINIMAL
    yield from csv.DictReader(lines, delimiter="\t" if tab else ",", quoting=quoting)


def book(path: Path) -> Iterator[Record]:
    """The records of a workbook's first sheet, from its XML."""
    with zipfile.ZipFile(path) as archive:
        shared = "xl/sharedStrings.xml"
        items = ET.fromstring(archive.read(shared)).findall("{*}si") if shared in archive.namelist() else []
        strings = ["".join(part.text or "" for part in item.iter() if part.tag.endswith("}t")) for item in items]
        rows = ET.fromstring(archive.read("xl/worksheets/sheet1.xml")).findall(".//{*}row")
    header, *lines = [{c.get("r", "").rstrip("0123456789"): c for c in row.findall("{*}c")} for row in rows]
    names = {column: _cell(cell, strings) for column, cell in header.items()}
    yield from ({name: _cell(line[c], strings) for c, name in names.items() if c in line} for line in lines)


def _cell(cell: ET.Element, strings: list[str]) -> str:
    value = "".join(cell.itertext())
    return strings[int(value)] if cell.get("t") == "s" else value


def objects(path: Path) -> Iterator[Record]:
    """The objects of a JSON list, or one a line."""
    whole = path.read_text()
    if whole.startswith("["):
        yield from json.loads(whole, parse_float=Decimal)
    else:
        yield from (json.loads(line, parse_float=Decimal) for line in whole.splitlines())


def number(value: object) -> Decimal:
    """The digits of an amount, its currency aside."""
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return Decimal("".join(c for c in str(value or 0).replace("Rs.", "") if c in "0123456789.-+eE") or 0)


def comma(value: object) -> Decimal:
    return number(str(value).replace(".", "").replace(",", "."))


def lines_of(read: Callable[[Path], Iterator[Record]], *columns: str, amount: Any = number) -> Truth:
    """The number of records and the sum of their columns, in their last digit as a workbook shows it."""

    def found(path: Path) -> tuple[int, Decimal]:
        records = list(read(path))
        return len(records), sum((round(amount(r.get(c)), 4) for r in records for c in columns), Decimal(0))

    return found


def statement(path: Path) -> tuple[int, Decimal]:
    """Lines of a settlement, and the total that its first one states."""
    first, *rest = text(path, tab=True)
    return 1 + len(rest), Decimal(first["total-amount"])


def shop_orders(path: Path) -> tuple[int, Decimal]:
    """Records of a Shopify export, and price by quantity of what is no tip."""
    records = list(text(path))
    goods = [r for r in records if not (r["Lineitem name"] == "Tip" and not r["Vendor"])]
    return len(records), sum((number(r.get("Lineitem price")) * int(r["Lineitem quantity"]) for r in goods), Decimal(0))


def stocked(value: object) -> Decimal:
    return Decimal(0) if value == "not stocked" else number(value)


def traffic(path: Path) -> tuple[int, Decimal]:
    """Records and sales of both lists of a sales and traffic report."""
    document = json.loads(path.read_text(), parse_float=Decimal)
    sold = [r["salesByDate"] for r in document["salesAndTrafficByDate"]]
    sold += [r["salesByAsin"] for r in document["salesAndTrafficByAsin"]]
    return len(sold), sum((number(r["orderedProductSales"]["amount"]) for r in sold), Decimal(0))


def kiosk(path: Path) -> tuple[int, Decimal]:
    records = list(objects(path))
    return len(records), sum((number(r["sales"]["orderedProductSales"]["amount"]) for r in records), Decimal(0))


def charged(path: Path) -> tuple[int, Decimal]:
    """Records of Data Kiosk's economics, and all their fee charges."""
    records = list(objects(path))
    charges = [charge["aggregatedDetail"] for r in records for fee in r["fees"] for charge in fee["charges"]]
    return len(records), sum((number(charge["totalAmount"]["amount"]) for charge in charges), Decimal(0))


def ranks(path: Path) -> tuple[int, Decimal]:
    """Keywords of a Cerebro export, and the sum of all its ranks; 0 and a dash are none."""
    records = list(text(path))
    cells = [r[asin] for r in records for asin in r if asin.startswith("B0")]
    return len(records), sum((number(cell) for cell in cells if cell != "-"), Decimal(0))


def volumes(path: Path) -> tuple[int, Decimal]:
    """Keywords of Keyword Scout, and the sum of their volumes; `< 5` is a bound and no volume."""
    records = list(text(path, skip=3))
    cells = [r["30-Day Search Volume (Exact)"] for r in records]
    return len(records), sum((number(cell) for cell in cells if cell.isdecimal()), Decimal(0))


Truth = Callable[[Path], tuple[int, Decimal]]


@dataclass(frozen=True)
class Taken:
    """A file that is read: kind, rows of the file, rows stored by table, the column summed, its sum, and the truth."""

    name: str
    kind: str
    rows: int
    stored: dict[str, int]
    column: str
    total: str
    truth: Truth
    days: Days | None = None

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Left:
    """A file that is not read: what kpiterm says, and why that is right where it does not say it itself."""

    name: str
    says: str
    because: str = ""

    def __str__(self) -> str:
        return self.name


japanese = partial(text, encoding="cp932")
tabbed = partial(text, tab=True)
ORDERS = lines_of(partial(text, encoding="cp932", tab=True), "item-price")
SPEND, COST = lines_of(book, "Spend"), lines_of(objects, "cost")
JP, OILS, SPOON = "amazon_jp/", "ads_in_oils/Sponsored Products ", "ads_us_spoon/Sponsored Products "


def ads_api(name: str, by: str, rows: int, spend: str, days: Days) -> Taken:
    path, kind = f"ads_api_v3_in/{name}.json", f"amazon.ads_api_{by}"
    return Taken(path, kind, rows, {"ad_day": rows}, "spend", spend, COST, days)


def console(name: str, kind: str, rows: int, spend: str, truth: Truth = SPEND) -> Taken:
    return Taken(name, f"amazon.{kind}", rows, {"ad_day": rows}, "spend", spend, truth)


def orders(name: str, rows: int, stored: int, total: str) -> Taken:
    return Taken(f"{name}.csv", "shopify.orders", rows, {"order_line": stored}, "item_price", total, shop_orders)


def amazon(name: str, kind: str, rows: int, table: str, stored: int, column: str, total: str, truth: Truth) -> Taken:
    return Taken(name, f"amazon.{kind}", rows, {table: stored}, column, total, truth)


TAKEN = (
    ads_api("a_sb_campaigns_20260410", "campaign", 7, "6358.46", APRIL_10),
    ads_api("a_sd_campaigns_2026-02", "campaign", 44, "10245.20", FEBRUARY),
    ads_api("a_sp_advertised_product_2026-01", "product", 527, "206880.27", JANUARY),
    ads_api("a_sp_advertised_product_2026-02", "product", 618, "220439.45", FEBRUARY),
    ads_api("a_sp_campaigns_2026-01", "campaign", 119, "206880.27", JANUARY),
    ads_api("a_sp_campaigns_2026-02", "campaign", 134, "220439.45", FEBRUARY),
    ads_api("b_sd_campaigns_20260410", "campaign", 10, "17263.87", APRIL_10),
    ads_api("b_sp_advertised_product_20260410", "product", 65, "49056.29", APRIL_10),
    ads_api("b_sp_campaigns_20260410", "campaign", 33, "49056.29", APRIL_10),
    ads_api("b_sp_search_terms_20260410", "search_term", 1021, "49056.29", APRIL_10),
    ads_api("b_sp_targeting_20260410", "targeting", 278, "49056.29", APRIL_10),
    console(f"{OILS}Advertised product report.xlsx", "sp_advertised_product", 265, "47108.12"),
    console(f"{OILS}Campaign report.csv", "sp_campaign", 182, "47108.12", lines_of(text, "Spend")),
    console(f"{OILS}Performance Over Time report (2).xlsx", "sp_performance_over_time", 29, "47108.12"),
    console(f"{OILS}Placement report (1).xlsx", "sp_placement", 545, "47108.12"),
    console(f"{OILS}Search term report.xlsx", "sp_search_term", 923, "47108.12"),
    console(f"{OILS}Targeting report (1).xlsx", "sp_targeting", 1683, "47108.12"),
    console(f"{SPOON}Search term report.xlsx", "sp_search_term", 638, "1179.16"),
    console(f"{SPOON}Search term report2.xlsx", "sp_search_term", 50, "42.99"),
    console("ads_us_oil_2026/custom_ads.csv", "ads_search_term", 1530, "3471.32", lines_of(text, "Total cost")),
    Taken("ads_us_oil_2026/business_reports.csv", "amazon.business_items", 1, {"traffic_day": 1}, "ordered_sales",
          "7274.35", lines_of(text, "Ordered Product Sales"), JANUARY),
    amazon("amazon_br/2026Apr1-2026Apr15CustomUnifiedTransaction.csv", "transactions", 123, "settlement_line", 247,
           "amount", "-2572.51", lines_of(partial(text, skip=9), "total", amount=comma)),
    amazon(f"{JP}202210月1-202210月21CustomTransaction.csv", "transactions", 617, "settlement_line", 3013, "amount",
           "-130015", lines_of(partial(japanese, skip=7), "合計")),
    amazon("amazon_ca_settlement/50034020328.txt", "settlement_v1", 190, "settlement_line", 153, "amount", "1016.08",
           statement),
    amazon("amazon_ca_settlement/50041020342.txt", "settlement_v1", 490, "settlement_line", 386, "amount", "2539.66",
           statement),
    amazon("amazon_ca_settlement/50044020356.txt", "settlement_v1", 730, "settlement_line", 575, "amount", "4630.23",
           statement),
    amazon("amazon_us_settlement_v2/settlement-sample.txt", "settlement_v2", 24, "settlement_line", 23, "amount",
           "582.89", statement),
    amazon("amazon_in_kaggle/Amazon_Sales_Sample.csv", "sale_report", 2001, "order_line", 2001, "item_price",
           "1164098.57", lines_of(text, "Amount")),
    amazon(f"{JP}82171019457.txt", "all_orders", 713, "order_line", 713, "item_price", "1147353", ORDERS),
    amazon(f"{JP}file02_20230226_041204.txt", "all_orders", 594, "order_line", 594, "item_price", "895740", ORDERS),
    amazon("amazon_uk/110793675556020213.txt", "all_orders", 62, "order_line", 62, "item_price", "1037.11",
           lines_of(tabbed, "item-price")),
    amazon("amazon_it/inventory_mconverter.csv", "merchant_inventory", 4880, "stock_level", 4879, "available", "98822",
           lines_of(tabbed, "quantity")),
    amazon(f"{JP}FBA在庫レポート+10-29-2022.txt", "afn_inventory", 799, "stock_level", 797,
           "coalesce(available, 0) + coalesce(unfulfillable, 0)", "1468", lines_of(tabbed, "Quantity Available")),
    amazon(f"{JP}すべての出品商品のレポート+10-29-2022.txt", "listings", 751, "listing", 751, "price", "1113321",
           lines_of(tabbed, "価格")),
    amazon(f"{JP}81806019292.csv", "storage_fees", 733, "fee", 733, "amount", "7734.0010",
           lines_of(japanese, "Monthly storage fee (est.)")),
    amazon(f"{JP}81807019292.csv", "aged_inventory_fees", 140, "fee", 140, "amount", "9530",
           lines_of(japanese, "long-time-range-long-term-storage-fee", "short-time-range-long-term-storage-fee")),
    amazon(f"{JP}07BusinessReport-30-10-22.csv", "business_sales", 31, "traffic_day", 31, "ordered_sales", "1364099",
           lines_of(text, "注文商品売上")),
    amazon(f"{JP}09BusinessReport-30-10-22 (1).csv", "business_traffic", 31, "traffic_day", 31, "ordered_sales",
           "1364099", lines_of(text, "注文商品売上")),
    amazon("datakiosk_us/economics.jsonl", "kiosk_economics", 48, "fee", 11, "amount", "21.6369", charged),
    amazon("datakiosk_us/salesAndTraffic_byDate_week.jsonl", "kiosk_traffic", 13, "traffic_day", 13, "ordered_sales",
           "79520.41", kiosk),
    *(
        amazon(f"sp_api_vendor_examples/GET_SALES_AND_TRAFFIC_REPORT{name}.json", "sales_traffic_date", rows,
               "traffic_day", rows, "ordered_sales", total, traffic)
        for name, rows, total in (("", 7, "1171.18"), ("_1", 5, "1171.18"), ("_2", 4, "6962.83"))
    ),
    Taken("helium10/US_AMAZON_cerebro_designs.csv", "helium10.cerebro", 228,
          {"market_estimate": 0, "keyword_rank": 1368}, "rank", "49502", ranks),
    Taken("helium10/prod_blackbox_8AUG.csv", "helium10.black_box", 200, {"market_estimate": 1400, "keyword_rank": 0},
          "estimate", "20396623.20", lines_of(text, "Price", "Monthly Sales", "Monthly Revenue", "BSR",
                                              "Reviews Rating", "Review Count", "Number of Active Sellers")),
    Taken("junglescout/Keyword_Scout.csv", "junglescout.keyword_scout", 439,
          {"market_estimate": 1, "keyword_rank": 439}, "search_volume", "488044", volumes),
    orders("shopify_be/orders_export_1", 39, 39, "209.58"),
    orders("shopify_ca_shoes/orders_export_1", 3912, 3912, "0"),  # its publisher had dropped the prices
    orders("shopify_pk/orders_export_1", 115, 115, "2304555"),
    orders("shopify_us_b/orders_export_1", 322, 303, "19684.45"),  # 19 tips
    orders("shopify_za/orders_export", 101, 101, "144894"),
    Taken("shopify_products/products_export_1 (6).csv", "shopify.products", 3399, {"listing": 2790, "cost": 2139},
          "price", "124393.37", lines_of(text, "Variant Price")),
    Taken("shopify_us_inventory/inventory_export_1.csv", "shopify.inventory", 1732, {"stock_level": 1538}, "available",
          "145363", lines_of(text, "Available (not editable)", amount=stocked)),
    Taken("shopify_us_inventory/inventory_export_old.csv", "shopify.inventory", 50, {"stock_level": 100}, "available",
          "499950", lines_of(text, "508 Larkin St", "Amazon MCF by Codisto", "Printful", amount=stocked)),
)  # fmt: skip
NEVER, OF_API = ": not recognised", "an answer of the vendor's API: the connector's streams read it"
LEFT = (
    Left("MANIFEST.md", NEVER, "a description of the collection"),
    Left("demand/README.md", NEVER, "a description of the demand panel"),
    *(Left(f"demand/{name}", NEVER, "a panel of anonymous series to measure forecasts by")
      for name in ("actuals.csv.gz", "meta.csv", "train.csv.gz")),
    Left("ads_api_v3_in/a_sd_campaigns_2026-01.json", "is JSON without any record"),
    Left("amazon_in_kaggle/Sale Report.csv", NEVER, "a seller's own stock list: --map reads it"),
    Left(f"{JP}81813019293.csv", "the shipments report tells parcels, not orders: one in two parcels"),
    Left(f"{JP}81816019293.csv", "the recommended removals are advice of one day, neither stock nor money"),
    Left(f"{JP}82431019594.csv", "the fee preview holds estimates for one unit, no money that was charged"),
    Left("amazon_uk/121259193815020213_unshipped.txt", "a list for the packing table: names and addresses of buyers"),
    *(Left(f"public_olist/olist_{name}_dataset.csv", NEVER, "tables of a database, not a platform's export: --map")
      for name in ("order_items", "order_payments", "orders", "products", "sellers")),
    Left("public_superstore/Sample - Superstore.csv", NEVER, "made up by the vendor of a chart tool: --map reads it"),
    *(Left(f"shopify_sdk_fixtures/{name}.json", NEVER, OF_API)
      for name in ("graphql_products.verified", "order", "orders", "payouts_transactions", "refund")),
    Left("shopify_sdk_fixtures/shopify_gql_order_data.csv",
         "nearest is shopify.orders (Shopify orders export), but lacks", "a warehouse's own table of orders"),
    *(Left(f"sp_api_misc/{name}.yml", NEVER, "a recording of requests")
      for name in ("test_download_report_document_with_url", "test_quota_exceeded")),
    *(Left(f"sp_api_vendor_examples/GET_BRAND_ANALYTICS_SEARCH_{name}_PERFORMANCE_REPORT.json", "which no KPI uses")
      for name in ("CATALOG", "QUERY")),
    Left("sp_api_vendor_examples/GET_V2_SELLER_PERFORMANCE_REPORT.json", "does not say of which day it is"),
    *(Left(f"walmart_vendor_examples/us_{name}.json", NEVER, OF_API)
      for name in ("inventories", "items", "orders", "payment_statement", "recon_files", "report_requests", "returns",
                   "wfs_inbound")),
    Left("walmart_ventmere/test_order_list_res.json", NEVER, OF_API),
    *(Left(f"walmart_xml_v3/list{name}Orders.xml", f"{NEVER}: it holds no table", "an answer of an API that is no more")
      for name in ("Cancelled", "Shipped")),
)  # fmt: skip
TABLES = [name for table in facts.TABLES for name in (table, f"{table}_history")] + ["payload"]


@dataclass(frozen=True)
class Shop:
    """A store with every file in it, each in an account of its own, and what became of them."""

    writer: Writer
    spool: Path
    reports: dict[str, Report] = field(default_factory=dict)

    def take(self, path: Path, account: str, days: Days | None = None) -> Report:
        desk = Desk(plugins=PLUGINS, accounts=(), account=account, spool=self.spool, writer=self.writer, period=days)
        (report,) = import_path(desk, path)
        return report

    def take_all(self) -> dict[str, Report]:
        files = [(f.name, f.days) for f in TAKEN] + [(f.name, None) for f in LEFT]
        return {name: self.take(DATA / name, name, days) for name, days in files}

    def all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.writer.con.execute(sql, list(values)).fetchall()


PLUGINS = load()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    directory = tmp_path_factory.mktemp("shared-data")
    (directory / "spool").mkdir()
    with Writer(Paths(directory / "home")) as writer:
        shop = Shop(writer, directory / "spool")
        shop.reports.update(shop.take_all())
        yield shop


def test_every_file_is_in_the_table_and_the_other_way_round() -> None:
    listed = [f.name for f in TAKEN] + [f.name for f in LEFT]
    assert sorted(listed) == sorted(str(path.relative_to(DATA)) for path in DATA.rglob("*") if path.is_file())


@pytest.mark.parametrize("file", TAKEN, ids=str)
def test_a_file_is_read_whole(shop: Shop, file: Taken) -> None:
    report = shop.reports[file.name]
    found = report.kind, report.error, report.rows, report.quarantined, report.tables
    assert found == (file.kind, None, file.rows, 0, file.stored)
    table = max(file.stored, key=lambda name: file.stored[name])
    assert shop.all(f"SELECT coalesce(sum({file.column}), 0) FROM {table} WHERE account = $1", file.name) == [
        (Decimal(file.total),)
    ]
    assert file.truth(DATA / file.name) == (file.rows, Decimal(file.total))


@pytest.mark.parametrize("file", LEFT, ids=str)
def test_a_file_that_is_not_read_says_why(shop: Shop, file: Left) -> None:
    report = shop.reports[file.name]
    assert (report.kind, report.loaded, report.tables) == (None, 0, {})
    assert file.says in (report.error or "")
    assert file.because or not (report.error or "").endswith(NEVER), "the table must say why"


@pytest.mark.parametrize("file", TAKEN, ids=str)
def test_no_table_is_taken_by_two_readers(file: Taken) -> None:
    takers = [[i.kind for i in PLUGINS.importers if i.recognise(sheet)] for sheet in open_sheets(DATA / file.name)]
    assert [kinds for kinds in takers if len(kinds) > 1] == []


def test_everything_again_changes_nothing(shop: Shop) -> None:
    before = {table: shop.all(f"SELECT * FROM {table} ORDER BY ALL") for table in TABLES}
    assert sum(map(len, before.values())) > 20_000
    again = shop.take_all()
    assert {name: (r.new, r.superseded) for name, r in again.items()} == dict.fromkeys(again, (0, 0))
    assert {name: r.error for name, r in again.items()} == {name: r.error for name, r in shop.reports.items()}
    for table in TABLES:
        assert shop.all(f"SELECT * FROM {table} ORDER BY ALL") == before[table], table
