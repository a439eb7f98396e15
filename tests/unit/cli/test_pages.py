"""The pages beside the board, read from a store; and what the cockpit has done for it by others."""

from __future__ import annotations

import asyncio
import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

from kpiterm.analysis.pages import Nothing
from kpiterm.analysis.pages.alerts import AlertsPage
from kpiterm.analysis.pages.contract import ContractPage
from kpiterm.analysis.pages.inventory import InventoryPage, StockPage
from kpiterm.analysis.pages.kpi import KpiPage
from kpiterm.cli.headless import Commands
from kpiterm.cli.pages import pages
from kpiterm.cli.session import Session
from kpiterm.i18n import told
from kpiterm.paths import Paths, private_dir
from kpiterm.tui.headless import Table
from tests.unit.analysis.contract.agreed import SIGNED
from tests.unit.cli.test_kpi_explain import home

__all__ = ["home"]
NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)


def session(folder: Path) -> Session:
    return Session(paths=Paths(folder, "default"), lang=None, as_of=NOW, json=False, quiet=False, verbose=False)


def test_the_page_of_a_kpi_has_cause_definition_sources_and_sql(home: Path) -> None:
    page = pages(session(home))["kpi"]("gmv", "all")
    assert isinstance(page, KpiPage)
    assert page.cause is not None
    assert (page.cause.name, told(page.cause.name, "zh")) == ("GMV", "成交总额")
    assert page.cause.before + sum(page.cause.parts.values()) == page.cause.after
    assert "SELECT" in page.sql
    assert [(one.table, one.source, one.rows) for one in page.lineage] == [("order_line", "amazon.orders", 4)]


def test_what_a_kpi_page_cannot_have_says_why(home: Path) -> None:
    page = pages(session(home))["kpi"]("response_p90_h", "all")
    assert isinstance(page, KpiPage)
    assert page.cause is None
    assert "cannot be taken apart" in page.without["cause"]
    assert "no source states this KPI" in page.without["bridges"]


def test_the_other_pages_of_a_workspace_without_contract_or_forecast(home: Path) -> None:
    read = pages(session(home))
    found = read["inventory"]()
    assert isinstance(found, InventoryPage)
    line = found.plan.lines[0]
    stock = read["stock"](line.account, line.channel, line.sku)
    assert isinstance(stock, StockPage)
    assert stock.left[0].middle == line.available
    assert all(day.low <= day.middle <= day.high for day in stock.left)
    nothing = read["contract"]()
    assert isinstance(nothing, Nothing)
    assert "kpiterm init" in nothing.hint
    assert isinstance(read["alerts"](), AlertsPage)


def test_the_page_of_a_contract_settles_the_month_so_far(home: Path) -> None:
    contracts = private_dir(Paths(home, "default").contracts)
    (contracts / "seller.toml").write_text(SIGNED)
    page = pages(session(home))["contract"]()
    assert isinstance(page, ContractPage)
    assert page.id == "seller-us"
    assert page.fee is not None, page.no_fee
    assert page.fee.period == "2026-11"
    assert sum(line.amount for line in page.fee.settled.lines) == page.fee.settled.total
    assert {stake.result.id for stake in page.fee.stakes} == {"gmv_mom", "acos", "odr", "response_p90_h"}
    assert page.clauses


def test_a_command_tells_how_it_ended_in_its_own_words(tmp_path: Path) -> None:
    script = (
        "import sys; print(' '.join(sys.argv[1:])); print('not so', file=sys.stderr); sys.exit(sys.argv[3] == 'bad')"
    )
    commands = Commands((sys.executable, "-c", script), tmp_path)
    done = asyncio.run(commands.run(["accept", "--", "-A 1"]))
    assert (done.ok, done.text) == (True, "--lang en accept -- -A 1")
    failed = asyncio.run(commands.run(["bad"]))
    assert (failed.ok, failed.text) == (False, "not so")
    silent = Commands((sys.executable, "-c", "import sys; print('entered as no. 7', file=sys.stderr)"), tmp_path)
    assert asyncio.run(silent.run(["po", "add"])).text == "entered as no. 7"


def test_an_export_is_a_file_that_a_spreadsheet_reads_as_text(tmp_path: Path) -> None:
    table = Table("board", ("sku", "value"), [("=1+1", "-0.5"), ("浴室架", "1,200"), ("+cmd", "−3")])
    told = Commands((), tmp_path).export(table)
    assert told.ok
    with Path(told.text).open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["sku", "value"], ["'=1+1", "-0.5"], ["浴室架", "1,200"], ["'+cmd", "−3"]]


def test_an_export_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    told = Commands((), tmp_path / "gone").export(Table("board", (), ()))
    assert not told.ok
    assert "a folder that you may write to" in told.text


def test_a_kpi_is_followed_down_to_skus_and_to_the_bytes_that_a_vendor_sent(home: Path) -> None:
    page = pages(session(home))["kpi"]("gmv", "all")
    assert isinstance(page, KpiPage)
    assert page.cause is not None
    (by_sku,) = page.deeper
    assert (by_sku.by, by_sku.after) == ("sku", page.cause.after)
    assert (len(page.spans), page.spans[-1].start) == (13, page.cause.period.start)
    (source,) = page.lineage
    assert len(source.latest) == source.payloads
