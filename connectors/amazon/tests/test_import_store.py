"""Files into a store: those that overlap count once, and what nobody but the owner knows is asked of the owner.

The totals of all real exports are in tests/e2e/test_shared_data.py.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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
JANUARY = (date(2026, 1, 1), date(2026, 1, 31))


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


def shared(name: str) -> Path:
    if not SHARED.is_dir():
        pytest.skip("the folder of real exports is not beside this repository")
    return SHARED / name


def test_orders_of_pulls_that_overlap_count_once(shop: Shop) -> None:
    for name in ("file02_20230226_041204.txt", "82171019457.txt"):
        shop.take(shared(f"amazon_jp/{name}"), account="jp")
    assert shop.all("SELECT count(*) FROM order_line") == [(713 + 594,)]
    assert shop.take(shared("amazon_jp/file02_20230226_041204.txt"), account="jp").new == 0


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
    path = shared("amazon_jp/FBA在庫レポート+10-29-2022.txt")
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
    shop.take(shared("ads_us_oil_2026/business_reports.csv"), JANUARY)
    assert "names neither its days nor its account and currency" in (ads.error or "")
    assert "holds no date" in (items.error or "")
    assert ads.hint == items.hint == "name the days that it covers: kpiterm import --period 2026-10-05 FILE"
    assert shop.all("SELECT day, last_day, level, detail, ordered_sales FROM traffic_day") == [
        (*JANUARY, "summary", "child", Decimal("7274.35"))
    ]


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
    assert (got.loaded, f"f.csv: looks like {kind} " in (got.error or "")) == (0, True)
    assert f"but lacks the column {column!r}" in (got.error or "")
    assert "--learn" in got.hint
