"""Every key that the help names does what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import Input

from kpiterm.analysis.inventory.order.line import Line as Suggestion
from kpiterm.analysis.view import View
from kpiterm.tui import stock_text
from kpiterm.tui.modes import MODES
from kpiterm.tui.screens.help import HERE, KEYS
from kpiterm.tui.widgets.row_list import Row, RowList
from tests.tui import samples

if TYPE_CHECKING:
    from tests.tui.conftest import Desk, Opener

MakeView = Callable[..., View]
NAMES = ("board", "kpi", "inventory", "contract", "accounts", "alerts")
TITLES = {mode.name: mode.title for mode in MODES}
PLACE = ("--channel=amazon.com", "--account=us-main")


async def open_inventory(d: Desk) -> None:
    await d.press("3")
    await d.turn(("inventory",), samples.inventory())


async def test_digits_and_tab_lead_to_every_screen(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        for key, name in zip("123456", NAMES, strict=True):
            await d.press(key)
            assert d.app.current_mode == name
        await d.press("tab")
        assert d.app.current_mode == "board"
        await d.press("shift+tab")
        assert d.app.current_mode == "alerts"


async def test_help_is_about_the_screen_that_is_shown(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 50), make_view()) as d:
        for key, name in zip("123456w", (*NAMES, "clients"), strict=True):
            await d.press(key, "question_mark")
            text = d.text()
            assert f"on this screen ({TITLES[name]})" in text
            for _, told in (*HERE[name], *KEYS):
                assert told in text
            await d.press("escape")
            assert "on this screen" not in d.text()


async def test_space_freezes_the_screen_until_it_is_pressed_again(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        await d.press("space")
        assert "‖ FROZEN" in d.rows()[0]
        gauges = list(make_view().gauges)
        for value in ("0.131", "0.142"):
            gauges[2] = replace(gauges[2], value=Decimal(value))
            await d.show(make_view(gauges))
        assert "11.2 %" in d.row("GMV growth")
        await d.press("space")
        assert "FROZEN" not in d.text()
        assert "14.2 %" in d.row("GMV growth")


async def test_freezing_holds_pages_too(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        await open_inventory(d)
        await d.press("space")
        await d.turn(("inventory",), samples.inventory(samples.suggestion("NEW")))
        assert "NEW" not in d.text()
        await d.press("space")
        assert "NEW" in d.text()


async def test_y_copies_the_chosen_row(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        await open_inventory(d)
        rows = {"1": "GMV growth  all  11.2 %", "2": "GMV growth  all  11.2 %", "3": "A-1  Teak", "5": "us-main"}
        for key, text in rows.items():
            await d.press(key, "y")
            assert text in d.app.clipboard
            assert "✓ copied: " in d.text()
        await d.press("escape")
        assert "✓ copied: " not in d.text()


async def test_e_exports_the_shown_table_and_tells_where(desk: Opener, make_view: MakeView) -> None:
    pages = [
        ("2", ("kpi", "gmv_mom", "all"), samples.kpi_page()),
        ("3", ("inventory",), samples.inventory()),
        ("4", ("contract",), samples.contract_page()),
        ("6", ("alerts",), samples.alerts()),
    ]
    async with desk((80, 24), make_view()) as d:
        await d.press("6", "e")
        assert "✗ there is no table here to export" in d.text()
        for key, page, content in pages:
            await d.press(key)
            await d.turn(page, content)
            await d.press("e")
        await d.press("1", "e", "5", "e")
        assert "✓ accounts.csv" in d.text()
    names = ["kpi-acos", "inventory", "contract-seller-us", "alerts", "board", "accounts"]
    assert [table.name for table in d.headless.tables] == names
    assert all({len(row) for row in table.rows} == {len(table.header)} for table in d.headless.tables)


async def test_slash_filters_and_esc_clears(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        await open_inventory(d)
        await d.press("slash", *"shopify", "enter")
        assert "浴室架-2" in d.text()
        assert "A-1" not in d.text()
        await d.press("slash", "escape")
        assert "A-1" in d.text()


async def test_keys_of_one_packet_reach_the_filter(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        await open_inventory(d)
        for key, character in (("slash", "/"), *((letter, letter) for letter in "acz"), ("slash", "/")):
            d.app.post_message(events.Key(key, character))
        await d.settle()
        assert d.app.screen.query_one("#filter", Input).value == "acz/"
        assert d.headless.commands == [], "an a would have accepted the suggestion"


async def test_a_filter_keeps_the_headings_of_what_it_finds(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 30), make_view()) as d:
        await d.press("4")
        await d.turn(("contract",), samples.contract_page())
        await d.press("slash", *"breached", "enter")
        assert "clauses, the gravest first" in d.text()
        assert "service.statement_days" in d.text()
        assert "base fee" not in d.text()


async def test_vim_and_arrow_keys_move(desk: Opener, make_view: MakeView) -> None:
    lines = [samples.suggestion(f"S-{n:03}") for n in range(60)]
    async with desk((80, 24), make_view()) as d:
        await d.press("3")
        await d.turn(("inventory",), samples.inventory(*lines))
        rows = d.app.screen.query_one(RowList)
        places = []
        for key in ("j", "down", "k", "up", "G", "g", "end", "home", "pagedown"):
            await d.press(key)
            places.append(rows.cursor)
        assert places[:8] == [1, 2, 1, 0, 59, 0, 59, 0]
        assert places[8] > 5
        assert f"S-{places[8]:03}" in d.row("▌")


async def test_the_kpi_page_scrolls_and_goes_to_the_next_kpi(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        await d.press("2")
        await d.turn(("kpi", "gmv_mom", "all"), samples.kpi_page())
        await d.press("G")
        assert "SELECT sum(spend)" in d.text()
        await d.press("g", "n")
        assert d.feed.shown[-1] == ("kpi", "acos", "all")
        await d.press("p")
        assert d.feed.shown[-1] == ("kpi", "gmv_mom", "all")
        await d.press("escape")
        assert d.app.current_mode == "board"


async def test_enter_shows_why_a_sku_is_to_be_ordered(desk: Opener, make_view: MakeView) -> None:
    async with desk((100, 50), make_view()) as d:
        await open_inventory(d)
        await d.press("j", "enter")
        stock = ("stock", "us-main", "shopify", "浴室架-2")
        assert d.feed.shown[-1] == stock
        assert "simulating demand" in d.text()
        await d.turn(stock, samples.stock())
        text = d.text()
        assert "░" in text
        assert " 216 " in text
        for known in ("浴室架-2", "Order 96", "how the quantity adds up", "+600", "−120", "to order", "lead time"):
            assert known in text
        await d.press("escape")
        assert "how the quantity adds up" not in d.text()
        assert d.feed.shown[-2:] == [stock, ("inventory",)]


async def test_o_sorts_and_t_shows_all(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        await open_inventory(d)
        assert "C-3" not in d.text()
        await d.press("t")
        assert "✓ enough" in d.row("C-3")
        await d.press(*"o" * 7)
        assert "by SKU" in d.text()
        places = [d.text().index(f" {sku} ") for sku in ("A-1", "C-3", "浴室架-2")]
        assert places == sorted(places)


@pytest.mark.parametrize("first", [(), ("enter",)])
async def test_a_accepts_by_the_headless_command(desk: Opener, make_view: MakeView, first: tuple[str, ...]) -> None:
    async with desk((80, 24), make_view()) as d:
        await open_inventory(d)
        await d.press(*first, "a")
        await d.until("✓ entry 12: reorder.accept A-1")
        assert d.headless.commands == [("reorder", "accept", *PLACE, "--", "A-1")]


async def test_z_puts_off_and_c_changes_with_a_reason(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        await open_inventory(d)
        await d.press("z", *"2026-12-01", "enter", *"cash", "enter")
        await d.until("✓ entry 12")
        await d.press("c", "enter")
        assert "order another quantity" in d.text(), "an empty field is asked for again"
        await d.press(*"240", "enter", *"trial", "enter")
        await d.until("✓ entry 12")
        await d.press("c", "escape")
        assert d.headless.commands == [
            ("reorder", "snooze", *PLACE, "--until=2026-12-01", "--reason=cash", "--", "A-1"),
            ("reorder", "adjust", *PLACE, "--quantity=240", "--reason=trial", "--", "A-1"),
        ]


async def test_of_forty_thousand_suggestions_only_those_in_sight_become_rows(
    desk: Opener, make_view: MakeView, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: set[str] = set()

    def row(line: Suggestion, make: Callable[[Suggestion], Row] = stock_text.row) -> Row:
        made.add(line.sku)
        return make(line)

    monkeypatch.setattr(stock_text, "row", row)
    one = samples.suggestion("S")
    lines = [replace(one, sku=f"S-{n:05}") for n in range(40_000)]
    async with desk((80, 24), make_view()) as d:
        await d.press("3")
        await d.turn(("inventory",), samples.inventory(*lines))
        assert "40,000 of 40,000 SKUs to order" in d.text()
        assert len(made) <= 24
        await d.press("G")
        assert "S-39999" in d.text()
        await d.press("slash", *"3999", "enter")
        assert "S-03999" in d.text()
        assert len(made) <= 5 * 24, "the first and the last ones, and those found at each letter"


async def test_the_cursor_stays_on_its_suggestion_however_the_table_is_sorted(
    desk: Opener, make_view: MakeView
) -> None:
    lines = [samples.suggestion(f"S-{n:05}", quantity=n + 1) for n in range(200)]
    async with desk((120, 24), make_view()) as d:
        await d.press("3")
        await d.turn(("inventory",), samples.inventory(*lines))
        await d.press("j", "j", "o", "o")
        assert "by quantity" in d.text()
        assert "S-00002" in d.row("▌")
        await d.press("slash", *"s-0000", "enter")
        assert "S-00002" in d.row("▌")
        await d.press("escape")
        assert "S-00002" in d.row("▌")
        await d.press("slash", *"nowhere", "enter", "j", "G", "g")
        assert "S-0" not in d.text()
        await d.press("escape")
        assert "S-00199" in d.row("▌")


async def test_a_on_the_alerts_acknowledges_with_an_optional_note(desk: Opener, make_view: MakeView) -> None:
    async with desk((120, 30), make_view()) as d:
        await d.press("6")
        await d.turn(("alerts",), samples.alerts())
        assert "ann, 22 Nov 12:00: 供应商换货; until 30 Nov 2026" in d.text()
        await d.press("a", *"refunds", "enter")
        await d.until("✓ entry 12")
        await d.press("j", "a", "enter")
        await d.until("✓ entry 12")
        await d.press("a", "escape")
        assert d.headless.commands == [
            ("alerts", "ack", "--note=refunds", "--", "odr@all"), ("alerts", "ack", "--", "acos@amazon.com"),
        ]  # fmt: skip
        await d.press("G", "a")
        assert "only an open alert can be acknowledged" in d.text()


async def test_slash_finds_an_alert(desk: Opener, make_view: MakeView) -> None:
    async with desk((120, 30), make_view()) as d:
        await d.press("6")
        await d.turn(("alerts",), samples.alerts())
        await d.press("slash", *"defect", "enter")
        assert "Order defect rate" in d.text()
        assert "amazon.com" not in d.text()


async def test_ctrl_l_draws_the_screen_anew(desk: Opener, make_view: MakeView, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    async with desk((80, 24), make_view()) as d:
        monkeypatch.setattr(d.app._driver, "redraw", lambda: asked.append(True), raising=False)
        await d.press("ctrl+l")
    assert asked == [True]
