"""A plugin's KPIs are on the board; those of one that wrote them wrongly are left out, and everything else works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Home

pytestmark = pytest.mark.e2e

KPI = """
[kpi.{name}_lines]
version = 1
kind = "sum"
unit = "count"
direction = "up"
name = {{ en = "Lines", zh = "行数" }}
sentence = {{ en = "Order lines.", zh = "订单行。" }}
basis = "order date"
table = "order_line"
day = "business_day"
numerator = "{numerator}"
"""
PLUGIN = """
from pathlib import Path
CONNECTOR = connector()

@hookimpl
def kpiterm_kpi_files():
    return [Path({file!r})]
"""


def install(home: Home, folder: Path, name: str, numerator: str) -> Path:
    file = folder / f"{name}.toml"
    file.write_text(KPI.format(name=name, numerator=numerator), encoding="utf-8")
    home.plugin(name, PLUGIN.format(file=str(file)))
    return file


def test_a_plugin_s_faulty_kpis_are_left_out_and_named(home: Home, tmp_path: Path) -> None:
    broken = install(home, tmp_path, "torn", "quantty")
    install(home, tmp_path, "whole", "quantity")
    listed = home("plugins")
    assert listed.code == 8
    assert f"kpiterm: plugin torn: its KPIs are left out: {broken}: kpi.torn_lines.numerator: " in listed.err
    assert "did you mean 'quantity'?" in listed.err
    assert "plugin whole" not in listed.err

    board = home("status", "--json", "--period", "2026-10")
    assert board.code == 0, board.err
    shown = {kpi["id"] for kpi in board.json["kpis"]}
    assert {"gmv", "whole_lines"} <= shown
    assert "torn_lines" not in shown
    assert board.err.count("plugin torn: its KPIs are left out") == 1

    checked = home("doctor", "--json")
    assert checked.code == 2
    found = {finding["name"]: finding for finding in checked.json["findings"]}
    assert found["plugin whole"]["ok"]
    assert (found["plugin torn"]["ok"], found["configuration"]["ok"]) == (False, True)
    assert str(broken) in found["plugin torn"]["detail"]

    home.declare("one", "whole")
    assert home("account", "test", "one").code == 0, "which loads that plugin alone"
    assert "torn" in home("kpi", "list").err, "and forgets none of the others"
