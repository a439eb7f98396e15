"""Files from Seller Center through the whole import: reconciliation reports in their ZIP, item performance by day."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpiterm.paths import Paths
from kpiterm.plugins.manager import load
from kpiterm.store.engine import Writer
from kpiterm.sync.imports import Desk, Report, import_path

RECON = """\
Period Start Date,Period End Date,Total Payable,Currency,Transaction Posted Timestamp,Transaction Type,\
Purchase Order #,Amount,Amount Type,Ship Qty,Partner Item Id,Ship to City
11/01/2026,11/14/2026,{paid},USD,11/15/2026,PaymentSummary,,,,,,
,,,,11/3/2026,Sale,{order},{price},Product Price,1,MAT-1,Temple City
,,,,11/3/2026,Sale,{order},-4.79,Commission on Product,1,MAT-1,Temple City
"""
PERFORMANCE = """\
Date,SKU ID,Item ID,GMV,Refunded Sales,Total Units,Authorized Orders,Total Product Visits,Product Level Pageviews
11/03/2026,MAT-1,555,"$1,000.00",$-20.50,7,6,"1,138","2,000"
2026-11-04,MAT-1,555,$10.00,,1,1,12,
11/05/2026,,,$10.00,,1,1,12,
someday,MAT-1,555,$10.00,,1,1,12,
Total,,,"$1,020.00",,,,,
"""
Take = Callable[[Path], list[Report]]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer(Paths(tmp_path / "home")) as writer:
        yield writer


@pytest.fixture
def take(tmp_path: Path, writer: Writer) -> Take:
    (tmp_path / "spool").mkdir()
    desk = Desk(plugins=load({"walmart"}), accounts=(), account=None, spool=tmp_path / "spool", writer=writer)
    return lambda path: list(import_path(desk, path))


def all_of(writer: Writer, sql: str) -> list[tuple[Any, ...]]:
    return writer.con.execute(sql).fetchall()


def test_reconciliation_reports_come_as_zip(take: Take, writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "ReconReport_11162026.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("recon.csv", RECON.format(paid="27.17", order="11", price="31.96").encode("utf-8-sig"))
    (report,) = take(path)
    assert (report.path, report.kind, report.error) == (f"{path}/recon.csv", "walmart.recon", None)
    assert (report.rows, report.tables) == (3, {"settlement_line": 3})
    assert all_of(writer, "SELECT settlement_id, sum(amount) FROM settlement_line GROUP BY ALL") == [
        ("2026-11-01..2026-11-14", Decimal(0))
    ], "a payout takes out what the lines put in"
    (again,) = take(path)
    assert (again.new, again.superseded) == (0, 0)


def test_item_performance_by_day(take: Take, writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(PERFORMANCE)
    (report,) = take(path)
    assert (report.kind, report.error, report.quarantined) == ("walmart.item_performance", None, 2)
    assert all_of(
        writer,
        "SELECT channel, day, level, sku, item_id, sessions, page_views, units, ordered_sales, currency "
        "FROM traffic_day ORDER BY day",
    ) == [
        ("walmart.com", date(2026, 11, 3), "sku", "MAT-1", "555", 1138, 2000, 7, Decimal("1020.50"), "USD"),
        ("walmart.com", date(2026, 11, 4), "sku", "MAT-1", "555", 12, None, 1, Decimal(10), "USD"),
    ]
    assert "SKU and item id are blank" in report.warnings[0]
    assert "Date: 'someday'" in report.warnings[1]
    (again,) = take(path)
    assert (again.new, again.superseded) == (0, 0)


def test_a_later_report_replaces_its_own_days_only(take: Take, writer: Writer, tmp_path: Path) -> None:
    for number, line in enumerate((3, 4)):
        lines = PERFORMANCE.splitlines()
        path = tmp_path / f"{number}.csv"
        path.write_text("\n".join([lines[0], lines[1], lines[2].replace("$10.00", f"${line}.00")]))
        take(path)
    assert all_of(writer, "SELECT count(*), sum(ordered_sales) FROM traffic_day") == [(2, Decimal("1024.50"))]
