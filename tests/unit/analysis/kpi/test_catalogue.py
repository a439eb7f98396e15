"""Every built-in KPI over shops whose numbers are worked out by hand: catalogue/*.txt, as conftest.py explains them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.kpi.catalogue import load_catalogue

if TYPE_CHECKING:
    from tests.unit.analysis.kpi.conftest import Shop

CASES = sorted((Path(__file__).parent / "catalogue").glob("*.txt"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_it_comes_to_what_was_worked_out_by_hand(shop: Callable[[str], Shop], file: Path) -> None:
    """From the rows, and from the daily sums."""
    found = shop(file.read_text("utf-8"))
    assert found.faults() == []
    found.keep_sums(*{expected.kpi for expected in found.expected})
    assert bool(found.store.rollups) == (file.stem != "customers"), "what depends on the moment of the question"
    assert found.faults() == []


def test_every_kpi_was_worked_out(shop: Callable[[str], Shop]) -> None:
    worked_out = {line.split()[0] for file in CASES for line in file.read_text("utf-8").splitlines() if " = " in line}
    assert set(load_catalogue()) - worked_out == set(), "add rows and the value to catalogue/*.txt"
