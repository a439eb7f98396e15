"""Every built-in KPI over shops whose numbers are worked out by hand: catalogue/*.txt, as conftest.py explains them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.kpi.catalogue import load_catalogue, readable

if TYPE_CHECKING:
    from tests.unit.analysis.kpi.conftest import Shop

CASES = sorted((Path(__file__).parent / "catalogue").glob("*.txt"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_it_comes_to_what_was_worked_out_by_hand(shop: Callable[[str], Shop], file: Path) -> None:
    """From the rows, and from the daily sums."""
    found = shop(file.read_text("utf-8"))
    assert found.faults() == []
    found.keep_sums(*{expected.kpi for expected in found.expected})
    sums = [key for key in found.store.rollups if not key.startswith(("told twice: ", "days of "))]
    assert bool(sums) == (file.stem != "customers"), "what depends on the moment of the question"
    assert found.faults() == []


def test_every_kpi_was_worked_out(shop: Callable[[str], Shop]) -> None:
    worked_out = {line.split()[0] for file in CASES for line in file.read_text("utf-8").splitlines() if " = " in line}
    assert set(load_catalogue()) - worked_out == set(), "add rows and the value to catalogue/*.txt"


KPI = """
[kpi.{name}]
version = 1
kind = "{kind}"
unit = "count"
direction = "up"
name = {{ en = "Own", zh = "自有" }}
sentence = {{ en = "A.", zh = "B。" }}
basis = "b"
{rest}
"""
COUNTED = 'table = "order_line"\nday = "business_day"\nnumerator = "quantity"'


def kpi_file(folder: Path, name: str, rest: str = COUNTED, kind: str = "sum") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(KPI.format(name=name, kind=kind, rest=rest), encoding="utf-8")
    return file


def test_files_of_plugins_that_hold_together_are_read(tmp_path: Path) -> None:
    net = kpi_file(tmp_path, "all_units", 'plus = ["own_units"]', "net")  # of a KPI in the file after it
    found, faults = readable([net, kpi_file(tmp_path, "own_units")])
    assert (len(found), faults) == (2, {})


def test_a_faulty_file_of_a_plugin_is_left_out_with_what_stands_on_it(tmp_path: Path) -> None:
    torn = kpi_file(tmp_path, "torn", COUNTED.replace("quantity", "quantty"))
    on_it = kpi_file(tmp_path, "on_it", 'plus = ["torn"]', "net")
    older = kpi_file(tmp_path, "gmv")
    sound = kpi_file(tmp_path, "sound")
    gone = tmp_path / "gone.toml"
    found, faults = readable([torn, on_it, older, sound, gone])
    assert found == [sound]
    assert {file: error.message for file, error in faults.items()} == {
        torn: f"{torn}: kpi.torn.numerator: unknown column 'quantty' in 'quantty'",
        on_it: f"{on_it}: kpi.on_it.plus: unknown KPI 'torn'",
        older: f"{older}: kpi.gmv.version: 1, but version 1 is known (built in)",
        gone: f"{gone}: No such file or directory",
    }
    assert "sound" in load_catalogue(None, found)
