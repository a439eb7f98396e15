"""Every screen without data, with data and when it cannot be read, exactly as it is drawn, at two sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.pages import Nothing
from kpiterm.analysis.view import View
from kpiterm.tui.messages import FeedError, PageKey
from kpiterm.tui.themes import DARK
from tests.tui import samples
from tests.tui.shots import FOLDER, WRITE, Shots

if TYPE_CHECKING:
    from tests.tui.conftest import Desk, Opener

SINCE = datetime(2026, 11, 22, 11, 48, tzinfo=UTC)
STORE = FeedError("the snapshot snap-5.duckdb cannot be read: it is damaged", "kpiterm doctor", SINCE)
FILE = FeedError("supply.toml: line 3: no such key", "kpiterm doctor names every fault", SINCE)
STOCK: PageKey = ("stock", "us-main", "amazon.com", "A-1")
PAGES: list[tuple[str, str, PageKey, Nothing, object]] = [
    ("3", "inventory", ("inventory",), Nothing("No SKU has stock or sales yet.", "press s"), samples.inventory()),
    ("4", "contract", ("contract",), Nothing("No contract yet.", "kpiterm init writes one"), samples.contract_page()),
    ("6", "alerts", ("alerts",), Nothing("No rule is in force.", "kpiterm init"), samples.alerts()),
    ("w", "clients", ("clients",), Nothing("No client yet.", "kpiterm --workspace NAME init"), samples.clients()),
]
SCREENS = ("board", "kpi", "inventory", "sku", "contract", "accounts", "alerts", "clients")
SIZES = [(80, 24), (120, 40)]
NAMES = {f"{s}-{state}-{w}x{h}" for s in SCREENS for state in ("empty", "data", "error") for w, h in SIZES}


@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_looks_as_it_is_known_to(
    desk: Opener, make_view: Callable[..., View], size: tuple[int, int]
) -> None:
    shots, end = Shots(), f"{size[0]}x{size[1]}"
    unmeasured = [replace(gauge, value=None, state="no_data") for gauge in make_view().gauges]
    async with desk(size) as d:
        d.app.theme = DARK.name

        def take(name: str) -> None:
            d.assert_aligned()
            shots.take(d.app, f"{name}-{end}")

        await _views(d, take, STORE, "error")
        await d.show(make_view([], accounts=()))
        await d.press("2")
        take("kpi-empty")
        await d.show(make_view(unmeasured, accounts=()))
        await _views(d, take, make_view(unmeasured, accounts=()), "empty")
        await _views(d, take, make_view(), "data")
        await _pages(d, take)
        await _of_the_kpi(d, take)
        await _of_a_sku(d, take)
    shots.compare()
    assert set(shots.names) == {name for name in NAMES if name.endswith(end)}


async def _views(d: Desk, take: Callable[[str], None], content: View | FeedError, state: str) -> None:
    for key, name in (("5", "accounts"), ("1", "board")):
        await d.press(key)
        await d.show(content)
        take(f"{name}-{state}")


async def _pages(d: Desk, take: Callable[[str], None]) -> None:
    for key, name, page, nothing, content in PAGES:
        await d.press(key)
        for state, one in (("error", FILE), ("empty", nothing), ("data", content)):
            await d.turn(page, one)
            take(f"{name}-{state}")


async def _of_the_kpi(d: Desk, take: Callable[[str], None]) -> None:
    await d.press("1", "g", "j", "2")
    for state, content in (("error", FILE), ("data", samples.kpi_page())):
        await d.turn(("kpi", "acos", "all"), content)
        take(f"kpi-{state}")


async def _of_a_sku(d: Desk, take: Callable[[str], None]) -> None:
    """Until its stock has been simulated, with it, and where that cannot be done."""
    await d.press("3", "g", "enter")
    take("sku-empty")
    for state, content in (("error", FILE), ("data", samples.stock())):
        await d.turn(STOCK, content)
        take(f"sku-{state}")


@pytest.mark.skipif(WRITE, reason="they are being written")
def test_no_picture_is_left_over() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == NAMES
