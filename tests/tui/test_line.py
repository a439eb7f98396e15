"""Lines to type into, and keys that come faster than they are taken: on a slow line a packet holds many."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from kpiterm.tui.screens.ask import AskScreen, Field

FIELDS = (Field("id", ""), Field("supplier", ""), Field("line", ""))


class Below(Screen[None]):
    """What a box must not close in its own stead."""


class Asked(App[None]):
    """A box over a screen over the first one, and what was answered."""

    answer: tuple[str, ...] | None = None

    def __init__(self, fields: Sequence[Field] = FIELDS) -> None:
        super().__init__()
        self._fields = fields

    def on_mount(self) -> None:
        self.push_screen(Below())
        self.push_screen(AskScreen("order", self._fields), lambda answer: setattr(self, "answer", answer))


async def packet(pilot: Pilot[None], *keys: str) -> None:
    """All at once, as a terminal's driver posts them."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await pilot.pause()
    await pilot.pause()


async def test_keys_of_one_packet_act_in_their_order() -> None:
    app = Asked()
    async with app.run_test() as pilot:
        await pilot.pause()
        await packet(pilot, *"PX", "backspace", *"O-2", "left", "1", "enter", *"ax", "ctrl+u", "L", "tab", *"A=1")
        assert [line.value for line in app.screen.query("Line").results()] == ["PO-12", "L", "A=1"]  # type: ignore[attr-defined]
        await packet(pilot, "shift+tab", "end", "2", "backspace", "enter", "enter")
        assert app.answer == ("PO-12", "L", "A=1")


@pytest.mark.parametrize("after", [("enter",), ("enter", "enter"), tuple("xq"), ("escape", "x")])
async def test_what_comes_after_the_last_enter_is_for_no_other_screen(after: tuple[str, ...]) -> None:
    app = Asked(FIELDS[:1])
    async with app.run_test() as pilot:
        await pilot.pause()
        await packet(pilot, *"PO-7", "enter", *after)
        assert app.answer == ("PO-7",)
        assert isinstance(app.screen, Below)


async def test_lines_that_are_pasted_become_words_and_nothing_is_entered() -> None:
    app = Asked()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.screen.focused.post_message(events.Paste(" PO\n 17 \r\n"))  # type: ignore[union-attr]
        await pilot.pause()
        assert app.screen.focused.value == "PO 17"  # type: ignore[union-attr]
        assert app.answer is None
