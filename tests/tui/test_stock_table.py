"""Rows are found as if each letter were looked for from the start."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.pages.inventory import InventoryPage
from kpiterm.tui.stock_table import StockTable
from kpiterm.tui.stock_text import SORTS
from tests.tui import samples

PAGE = samples.inventory()
assert isinstance(PAGE, InventoryPage)
LINES = PAGE.plan.lines
WORDS = st.lists(st.sampled_from(["a", "a-", "-1", "am", "amazon", "late", "浴", "x", "1", "2"]), max_size=3)
ASKED = st.lists(st.tuples(st.sampled_from(sorted(SORTS)), WORDS, st.booleans()), min_size=1, max_size=8)


def keys(table: StockTable, sort: str, words: list[str], *, everything: bool) -> list[str]:
    return [row.key for row in table.rows(sort, words, everything=everything)]


@given(ASKED)
def test_what_was_looked_for_before_changes_nothing(asked: list[tuple[str, list[str], bool]]) -> None:
    table = StockTable(LINES)
    for sort, words, everything in asked:
        found = keys(table, sort, words, everything=everything)
        assert found == keys(StockTable(LINES), sort, words, everything=everything)


def test_a_row_is_found_again_by_its_key_wherever_it_went() -> None:
    table = StockTable(LINES)
    for sort in SORTS:
        rows = table.rows(sort, (), everything=True)
        assert [rows.place(row.key) for row in rows] == list(range(len(LINES)))
    assert rows.place("us\tamazon.com\tgone") is None
