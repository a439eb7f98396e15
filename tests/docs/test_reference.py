"""The generated pages say what the code says."""

from __future__ import annotations

from pathlib import Path

from kpiterm.analysis.kpi import pages
from kpiterm.plugins import facts

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_of_tables_is_current() -> None:
    assert (DOCS / "reference/tables.md").read_text() == facts.markdown(), "run: make docs"


def test_the_page_of_kpis_is_current() -> None:
    assert (DOCS / "reference/kpis.md").read_text() == pages.markdown(), "run: make docs"
