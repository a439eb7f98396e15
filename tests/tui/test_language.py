"""English and Chinese on the screen: no text is missed, a key switches them, and columns keep their places."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.widgets import Input

import kpiterm
from kpiterm.analysis.view import View
from kpiterm.i18n import named, said
from kpiterm.tui.messages import PageKey
from kpiterm.tui.sync_state import SyncState
from kpiterm.tui.tongue import speak
from kpiterm.tui.widgets.row_list import RowList
from kpiterm.tui.wrap import wrapped
from tests.tui import samples

if TYPE_CHECKING:
    from tests.tui.conftest import Desk, Opener

MakeView = Callable[..., View]
ROOT = Path(kpiterm.__file__).parent
TOLD = {"_", "N_", "said", "count"}
"""What marks a text for translation; `count` takes marked ones."""
WORDS = re.compile(r"[A-Za-z]{2,}[,;:.]? [a-z]{2,}")
STYLE = re.compile(r"\$|^(not )?bold( |$)|^\s*(async )?def |kpiterm |\{\{|SELECT ")
PAGES: list[tuple[str, PageKey, object]] = [
    ("2", ("kpi", "gmv_mom", "all"), samples.kpi_page()),
    ("3", ("inventory",), samples.inventory()),
    ("4", ("contract",), samples.contract_page()),
    ("6", ("alerts",), samples.alerts()),
]
PROPER = {
    "GMV", "ACoS", "SKU", "MOQ", "KPI", "SQL", "CSV", "USD", "UTC", "PO", "Ads", "Teak", "shower", "caddy", "kpiterm",
    "English", "AuthError", "esc", "enter", "tab", "shift", "ctrl", "space", "home", "end", "seller", "SELECT", "sum",
    "spend", "sales", "base_fee", "gmv_mom", "acos", "modifier", "score", "pool", "days", "of", "amazon", "shopify",
    "JP", "orders", "ads", "spCampaigns", "phone", "ann", "notify", "test",
}  # fmt: skip
"""Words that are the same in Chinese: terms of the trade, keys, formulas, commands, and the sample's own names."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    speak("en")


def literals(file: Path) -> Iterator[str]:
    """Where a text of several English words is neither marked nor a docstring, a style or an exception's."""
    tree = ast.parse(file.read_text("utf-8"))
    skipped = set()
    for node in ast.walk(tree):
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        silent = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if silent or isinstance(node, ast.Raise) or name in TOLD or _is_style_sheet(node):
            skipped |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in skipped:
            continue
        if WORDS.search(node.value) and not STYLE.search(node.value):
            yield f"{file.relative_to(ROOT)}:{node.lineno}: {node.value!r}"


def _is_style_sheet(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Name) and target.id == "DEFAULT_CSS" for target in targets)


def hidden(file: Path) -> Iterator[str]:
    """Marked texts inside an f-string, where the extraction of texts does not look."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        for part in ast.walk(node) if isinstance(node, ast.JoinedStr) else ():
            if not isinstance(part, ast.Call) or not isinstance(part.func, ast.Name):
                continue
            if part.func.id in TOLD and isinstance(part.args[0], ast.Constant):
                yield f"{file.relative_to(ROOT)}:{part.lineno}"


def test_every_text_of_the_screens_is_marked_for_translation() -> None:
    files = [*sorted(set((ROOT / "tui").rglob("*.py")) - {ROOT / "tui" / "screenshot.py"}), ROOT / "cli" / "pages.py"]
    assert len(files) > 50
    assert [found for file in files for found in literals(file)] == []
    assert [found for file in files for found in hidden(file)] == []


async def turn(d: Desk, key: str, page: PageKey, content: object) -> None:
    await d.press(key)
    await d.turn(page, content)


def foreign(text: str) -> set[str]:
    """English words, but for names with digits, signs or dots in them."""
    found = re.findall(r"(?<![\w.@/:-])[A-Za-z_]{2,}(?![\w@/…-]|[.:]\w)", text)
    return set(found) - PROPER


@pytest.fixture
def chinese_view(make_view: MakeView) -> View:
    """The board as the store gives it, with names in both languages."""
    names = {"gmv": "成交总额", "gmv_mom": "成交额环比", "odr": "订单缺陷率", "response_p90_h": "客服响应时长"}
    view = make_view()
    reason = said("no data: they start on {0}, after the period", "2026-12-01")
    gauges = [
        replace(g, name=named({"en": g.name, "zh": names.get(g.id, g.name)}), reason=reason if g.reason else None)
        for g in view.gauges
    ]
    # What a server says stays as it said it.
    accounts = [replace(a, streams=tuple(replace(s, error=None) for s in a.streams)) for a in view.accounts]
    return replace(view, gauges=tuple(gauges), accounts=tuple(accounts))


@pytest.mark.parametrize("size", [(80, 24), (160, 40)])
async def test_no_english_is_left_on_any_screen(desk: Opener, chinese_view: View, size: tuple[int, int]) -> None:
    async with desk(size, chinese_view, language="zh") as d:
        seen = {"1": d.text()}
        d.assert_aligned()
        await d.press("5")
        seen["5"] = d.text()
        for key, page, content in PAGES:
            await turn(d, key, page, content)
            d.assert_aligned()
            seen[key] = d.text()
            await d.press("question_mark")
            d.assert_aligned()
            seen[f"{key}?"] = d.text()
            await d.press("escape")
        await d.press("3", "enter")
        await d.turn(("stock", "us-main", "amazon.com", "A-1"), samples.stock())
        d.assert_aligned()
        seen["sku"] = d.text()
        await d.press("escape", "c")
        seen["ask"] = d.text()
        await d.press("escape", "s", "q")
        seen["quit"] = d.text()
        assert {name: foreign(text) for name, text in seen.items() if foreign(text)} == {}


async def test_the_key_switches_and_switches_back(desk: Opener, make_view: MakeView) -> None:
    async with desk((120, 40), make_view()) as d:
        for key, page, content in [("1", (), None), *PAGES, ("5", (), None)]:
            await (turn(d, key, page, content) if content else d.press(key))
            before = d.rows()
            await d.press("L")
            assert "同步：空闲" in d.rows()[0]
            assert "退出" in d.rows()[-1]
            await d.press("L")
            assert d.rows() == before, key


async def test_cursor_filter_and_place_stay_through_a_switch(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        await turn(d, "3", ("inventory",), samples.inventory())
        await d.press("t", "j", "slash", "C", "minus", "3", "enter")
        for _ in range(2):
            row = d.app.screen.query_one(RowList).row
            assert row is not None
            assert "C-3" in row.key
            assert d.app.screen.query_one("#filter", Input).value == "C-3"
            await d.press("L")
        await d.press("1", "j", "j", "2")
        chosen = d.app.chosen
        assert chosen is not None
        await d.turn(("kpi", *chosen), samples.kpi_page())
        await d.press("G")
        place = d.app.screen.query_one("#kpi").scroll_offset
        assert place.y > 0
        await d.press("L")
        assert d.app.screen.query_one("#kpi").scroll_offset == place
        assert d.app.chosen == chosen


async def test_boxes_and_notices_are_told_anew(desk: Opener, make_view: MakeView) -> None:
    async with desk((120, 40), make_view()) as d:
        await turn(d, "3", ("inventory",), samples.inventory())
        await d.press("enter", "L")
        assert "已晚" in d.text()
        assert "esc 关闭" in d.text()
        await d.press("escape", "y")
        assert "已复制" in d.text()
        await d.press("question_mark", "L")
        assert "freeze: nothing changes" in d.text()
        await d.press("escape")
        assert "copied: " in d.text()
        await d.press("s")
        d.sync.say(SyncState(phase="ended", exit_code=0))
        await d.settle()
        await d.press("L")
        assert "同步完成" in d.text()


async def test_the_right_edges_of_figures_stand_under_one_another(desk: Opener, make_view: MakeView) -> None:
    def edges(*figures: str) -> set[int]:
        return {cell_len(d.row(figure).partition(figure)[0] + figure) for figure in figures}

    async with desk((120, 40), make_view(), language="zh") as d:
        assert len(edges("$412,000", "11.2%", "26.0%", "JP¥15,234,567")) == 1
        await turn(d, "3", ("inventory",), samples.inventory())
        assert len(edges(" 480 ", " 96 ")) == 1
        assert len(edges("$2,400", "$480")) == 1
        await turn(d, "4", ("contract",), samples.contract_page())
        assert len(edges("8,000.00")) == 1


@given(st.text(alphabet="同步完成的窗口，。（）：ab1 $", max_size=80), st.integers(10, 40))
@settings(max_examples=100, deadline=None)
def test_a_chinese_paragraph_loses_no_sign_and_no_line_is_too_long(text: str, width: int) -> None:
    lines = [line.plain for line in wrapped(text, "", width)]
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_no_chinese_line_begins_with_a_closing_mark() -> None:
    text = "今日下单，四十六天后可售；即便如此仍将损失约二十件（含税），其中四十八件走空运。" * 3
    assert not any(line.plain[0] in "，。；：）" for width in range(16, 60) for line in wrapped(text, "", width))
