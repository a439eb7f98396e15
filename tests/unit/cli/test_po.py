"""`kpiterm po`: orders from the first entry to the last unit, in the operation log."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kpiterm.cli import main

TODAY = datetime.now(UTC).date()
HEADER = "po,supplier,account,channel,sku,units,ordered,produced,received\n"


def ago(days: int) -> str:
    return str(TODAY - timedelta(days=days))


class Shop:
    """A workspace whose commands answer in JSON."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self._capsys = home, capsys

    def run(self, *words: str, code: int = 0) -> Any:
        assert main.run(["--home", str(self.home), *words, "--json"]) == code
        return json.loads(self._capsys.readouterr().out)

    def orders(self, *words: str) -> dict[str, Any]:
        return {order["id"]: order for order in self.run("po", "list", *words)["orders"]}

    def fails(self, *words: str) -> str:
        error = self.run(*words, code=2)["error"]
        assert error["hint"]
        return f"{error['message']} → {error['hint']}"


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    found = Shop(tmp_path, capsys)
    found.run(
        "po", "add", "PO-1", "--supplier", "ningbo", "--line", "A=100@3.20", "--line", "B=50", "--account", "us",
        "--channel", "amazon.com", "--mode", "sea", "--currency", "USD", "--day", ago(60),
    )  # fmt: skip
    return found


def test_an_order_is_followed_to_its_last_unit(shop: Shop) -> None:
    shop.run("po", "advance", "PO-1", "produced", "--day", ago(30))
    shop.run("po", "advance", "PO-1", "shipped", "--day", ago(25), "--shipment", "FBA1", "--promised", ago(-9))
    order = shop.orders("--open")["PO-1"]
    assert (order["stage"], order["state"], order["open_units"]) == ("shipped", "open", 150)
    assert (order["shipments"], order["promised"]) == (["FBA1"], ago(-9))
    shop.run("po", "receive", "PO-1", "--line", "A=60", "--day", ago(3))
    assert [line["received"] for line in shop.orders()["PO-1"]["lines"]] == [60, 0]
    shop.run("po", "receive", "PO-1", "--all")
    order = shop.orders()["PO-1"]
    assert (order["stage"], order["state"], order["open_units"]) == ("received", "received", 0)
    assert shop.orders("--open") == {}
    kinds = [entry["kind"] for entry in shop.run("log")["entries"]]
    assert kinds == ["po.add", "po.advance", "po.advance", "po.receive", "po.receive"]
    assert shop.run("log", "--verify")["intact"]


def test_all_of_a_sku_on_two_lines_is_received(shop: Shop) -> None:
    add = ("--supplier", "n", "--account", "us", "--channel", "c", "--line", "A=30", "--line", "A=20")
    shop.run("po", "add", "PO-2", *add)
    assert shop.run("po", "receive", "PO-2", "--all")["lines"] == [{"sku": "A", "units": 50}]
    assert shop.orders()["PO-2"]["state"] == "received"


def test_an_order_is_seen_as_it_was_known(shop: Shop) -> None:
    moment = datetime.now(UTC).isoformat()
    shop.run("po", "cancel", "PO-1", "--note", "factory has closed")
    assert shop.orders()["PO-1"]["state"] == "cancelled"
    assert shop.orders("--as-of", moment)["PO-1"]["state"] == "open"
    assert shop.orders("--as-of", ago(1)) == {}


def test_what_cannot_be_is_refused_with_a_remedy(shop: Shop) -> None:
    add = ("po", "add", "PO-2", "--supplier", "n", "--account", "us", "--channel", "c")
    assert "po advance PO-1" in shop.fails("po", "add", "PO-1", *add[3:], "--line", "A=1")
    assert "SKU=UNITS" in shop.fails(*add, "--line", "A")
    assert "still to come" in shop.fails(*add, "--line", "A=5", "--day", ago(-2))
    assert "PO-17" in shop.fails("po", "add", " ", *add[3:], "--line", "A=5")
    assert "--account" in shop.fails("po", "add", "PO-2", "--supplier", "n", "--line", "A=5")
    assert "did you mean 'PO-1'?" in shop.fails("po", "advance", "PO-l", "qc")
    assert "before ordered" in shop.fails("po", "advance", "PO-1", "qc", "--day", ago(90))
    assert "A: 100, B: 50" in shop.fails("po", "receive", "PO-1", "--line", "A=101")
    shop.run("po", "receive", "PO-1", "--all")
    assert "nothing of order" in shop.fails("po", "receive", "PO-1", "--all")
    shop.run("po", "cancel", "PO-1")
    assert "was cancelled" in shop.fails("po", "advance", "PO-1", "qc")


def test_a_supplier_and_a_ship_mode_are_those_of_supply_toml(shop: Shop) -> None:
    text = '[supplier.ningbo]\ncurrency = "USD"\n[mode.sea]\nkind = "sea"\ncurrency = "USD"\n'
    (shop.home / "workspaces" / "default" / "supply.toml").write_text(text, "utf-8")
    add = ("po", "add", "PO-2", "--account", "us", "--channel", "c", "--line", "A=5")
    assert "known: ningbo" in shop.fails(*add, "--supplier", "yiwu")
    assert "known: sea" in shop.fails(*add, "--supplier", "ningbo", "--mode", "split")
    shop.run(*add, "--supplier", "ningbo", "--mode", "sea")
    assert shop.orders()["PO-2"]["mode"] == "sea"


def test_an_import_enters_what_is_new_or_has_changed_once(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        HEADER + f"P7,n,us,amazon.com,A,10,{ago(90)},{ago(60)},\nP8,n,us,amazon.com,B,5,{ago(9)},,\n", "utf-8"
    )
    assert len(shop.run("po", "import", str(file))["orders"]) == 2
    assert shop.run("po", "import", str(file)) == {"v": 1, "orders": [], "unchanged": 2}
    text = file.read_text("utf-8").replace(f"{ago(60)},\n", f"{ago(60)},{ago(2)}\n")
    file.write_text(text, "utf-8")
    (changed,) = shop.run("po", "import", str(file))["orders"]
    assert (changed["id"], shop.orders()["P7"]["state"]) == ("P7", "received")
    assert set(shop.orders()) == {"PO-1", "P7", "P8"}
    assert set(shop.orders("--sku", "B")) == {"PO-1", "P8"}
    shop.run("po", "cancel", "P8")
    assert shop.run("po", "import", str(file))["orders"] == []


def test_an_import_with_faults_enters_nothing(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(HEADER + f"P7,n,us,amazon.com,A,10,{ago(90)},,\nP8,n,,,B,x,{ago(9)},,\n", "utf-8")
    told = shop.fails("po", "import", str(file))
    assert "2 faults" in told
    assert "row 3 (B), units: found 'x'" in told
    assert set(shop.orders()) == {"PO-1"}


def test_the_list_is_a_table(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--home", str(shop.home), "po", "list"]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["order", "supplier", "channel"]
    assert row.split() == ["PO-1", "ningbo", "amazon.com", "sea", "ordered", ago(60), "150", "150", "A,", "B"]


def test_of_two_who_enter_one_number_at_once_the_second_is_told(shop: Shop) -> None:
    words = ("po", "add", "PO-9", "--supplier", "ningbo", "--line", "A=1", "--account", "us", "--channel", "amazon.com")
    command = [sys.executable, "-m", "kpiterm", "--home", str(shop.home), *words]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [process.communicate()[1] for process in both]
    said = {process.returncode: error for process, error in zip(both, errors, strict=True)}
    assert sorted(said) == [0, 2]
    assert "'PO-9' is there already" in said[2]
    assert shop.orders()["PO-9"]["open_units"] == 1
