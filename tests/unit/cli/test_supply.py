"""`kpiterm supply` over files as people write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from kpiterm.cli import main
from kpiterm.store import journal

SUPPLY = """
[supplier.ningbo]
currency = "USD"
modes = ["sea", "air"]
stages.production = "30/40"
[mode.sea]
currency = "USD"
[mode.air]
currency = "USD"
"""


class Shop:
    """A workspace whose commands answer in JSON."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self._capsys = home, capsys
        self.root = home / "workspaces" / "default"
        self.products = self.root / "supply" / "products.csv"
        self.products.parent.mkdir(parents=True)
        (self.root / "supply.toml").write_text(SUPPLY, "utf-8")

    def run(self, *words: str, code: int = 0) -> Any:
        assert main.run(["--home", str(self.home), *words, "--json"]) == code
        return json.loads(self._capsys.readouterr().out)


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop(tmp_path, capsys)


def test_check_counts_what_is_declared(shop: Shop) -> None:
    shop.products.write_text("sku,supplier\nA,ningbo\n", "utf-8")
    assert shop.run("supply", "check") == {
        "v": 1, "faults": [], "suppliers": 1, "modes": 2, "products": 1, "events": 0,
    }  # fmt: skip


def test_check_tells_the_faults_of_both_files(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    (shop.root / "supply.toml").write_text(SUPPLY + 'cutoff = "noon"\n', "utf-8")
    shop.products.write_text("sku,supplier,moq\nA,ningbo,many\nB,nobody,1\n", "utf-8")
    faults = shop.run("supply", "check", code=2)["faults"]
    assert [fault["message"].partition(": ")[0] for fault in faults] == [
        str(shop.root / "supply.toml"), str(shop.products), str(shop.products),
    ]  # fmt: skip
    assert all(fault["remedy"] for fault in faults)
    assert main.run(["--home", str(shop.home), "supply", "check"]) == 2
    told = capsys.readouterr().err
    assert "3 faults" in told
    assert "row 2 (A), moq: found 'many' → write a whole number" in told


def test_show_tells_lead_times_by_way(shop: Shop) -> None:
    shop.products.write_text("sku,supplier,transit\nA,ningbo,\nB,ningbo,50/60\n", "utf-8")
    answer = shop.run("supply", "show", "--day", "2026-04-06")
    routes = {(r["mode"], r["sku"]): r["lead_days"] for r in answer["routes"]}
    assert set(routes) == {("sea", None), ("air", None), ("sea", "B"), ("air", "B")}
    assert routes["air", None]["p50"] < routes["sea", None]["p50"] < routes["sea", "B"]["p50"]
    assert all(r["declared_p50"] == r["lead_days"]["p50"] for r in answer["routes"])  # nothing is learnt yet
    assert all(days["p50"] < days["p90"] for days in routes.values())
    (only,) = shop.run("supply", "show", "--sku", "B")["products"]
    assert only["stages"] == {"transit": "50/60"}


def test_show_refuses_a_sku_without_terms(shop: Shop) -> None:
    error = shop.run("supply", "show", "--sku", "Z", code=2)["error"]
    assert "products.csv" in error["hint"]


def test_import_takes_the_rows_of_a_workbook_and_keeps_the_others(shop: Shop, tmp_path: Path) -> None:
    shop.products.write_text("sku,supplier,moq\nA,ningbo,10\nB,ningbo,20\n", "utf-8")
    file = tmp_path / "erp.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(
            (["MSKU", "供应商", "起订量", "负责人"], ["B", "ningbo", 200, "x"], ["C", "ningbo", 5, "x"])
        ):
            sheet.write_row(number, 0, row)
    answer = shop.run("supply", "import", str(file))
    assert (answer["products"], answer["ignored"]) == (2, ["负责人"])
    terms = {item["sku"]: item["moq"] for item in shop.run("supply", "show")["products"]}
    assert terms == {"A": 10, "B": 200, "C": 5}
    (entry,) = journal.read(shop.root / "store" / "journal.jsonl")
    assert (entry.kind, entry.detail["file"]) == ("supply.import", "erp.xlsx")


def test_an_import_with_a_fault_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.products.write_text("sku,supplier\nA,ningbo\n", "utf-8")
    file = tmp_path / "erp.csv"
    file.write_text("sku,supplier,moq\nB,ningbo,1\nC,ningbo,-1\n", "utf-8")
    error = shop.run("supply", "import", str(file), code=2)["error"]
    assert "row 3 (C), moq" in error["message"]
    assert shop.products.read_text("utf-8") == "sku,supplier\nA,ningbo\n"


def test_the_fees_of_a_day_are_listed_with_their_sources(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    fees = shop.run("supply", "fees", "--on", "2024-03-01")["fees"]
    stored = {
        tuple(fee["sizes"]): fee["amount"] for fee in fees if fee["kind"] == "storage" and fee["months"] == [1, 9]
    }
    assert stored == {("small_standard", "large_standard"): "0.87", ("bulky",): "0.56"}
    assert not any(fee["kind"] == "low_inventory" for fee in fees)  # it began a month later
    assert main.run(["--home", str(shop.home), "supply", "fees", "--on", "2026-11-23"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any("181–210" in line and "0.50 USD" in line and "unverified: " in line for line in lines)
    assert shop.run("supply", "fees", "--on", "soon", code=2)["error"]["hint"] == "write 2026-11-23"
