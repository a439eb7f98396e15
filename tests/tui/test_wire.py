"""What is written in place of what the app paints shows the same, and is less."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bench.terminal import Terminal
from kpiterm.tui.wire import CLEAR, Wire

COLUMNS, LINES = 12, 4
OPEN = "\x1b[?1049h"
STYLES = [
    "",
    "1",
    "2",
    "1;2",
    "7",
    "4",
    "38;2;1;2;3",
    "1;38;2;1;2;3;48;2;9;9;9",
    "48;2;9;9;9",
    "36;49",
    "39;49",
    "38;5;7;41",
]

words = st.text(st.sampled_from("ab  ┃▁…─库存é"), min_size=1, max_size=8)
painted = st.tuples(st.integers(0, COLUMNS - 1), st.integers(0, LINES - 1), st.sampled_from(STYLES), words)


def paint(x: int, y: int, style: str, text: str) -> str:
    """As Textual writes a segment, cut where the terminal ends."""
    shown = ""
    for char in text:
        if x + cell_len(shown + char) <= COLUMNS:
            shown += char
    return f"\x1b[{y + 1};{x + 1}H" + (f"\x1b[{style}m{shown}\x1b[0m" if style else shown)


def seen(screen: Terminal) -> object:
    """What an eye tells apart: of a blank no pen but what fills or lines it."""
    return [
        [(char, pen if char.strip() or 7 in pen.style else (pen.style - {1, 2, 3}, pen.back)) for char, pen in row]
        for row in screen.cells
    ], (min(screen.x, COLUMNS - 1), screen.y)


def shows(data: str, screen: Terminal | None = None) -> Terminal:
    screen = screen or Terminal(COLUMNS, LINES)
    screen.feed(data.encode())
    return screen


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(painted, min_size=1, max_size=6), max_size=6))
def test_what_is_written_shows_what_was_painted(frames: list[list[tuple[int, int, str, str]]]) -> None:
    wire, plain = Wire(), shows(CLEAR)
    wire.feed(OPEN)
    written = shows(wire.take(COLUMNS, LINES))
    for frame in frames:
        text = "".join(paint(*cells) for cells in frame)
        wire.feed(text)
        shows(text, plain)
        shows(wire.take(COLUMNS, LINES), written)
        assert seen(written) == seen(plain)
    assert wire.take(COLUMNS, LINES) == ""


@settings(max_examples=50, deadline=None)
@given(st.lists(painted, min_size=1, max_size=8), st.binary(max_size=40))
def test_after_forgetting_it_heals_whatever_the_terminal_shows(
    cells: list[tuple[int, int, str, str]], noise: bytes
) -> None:
    wire, whole = Wire(), "".join(f"\x1b[{y + 1};1H" + " " * COLUMNS for y in range(LINES))
    text = whole + "".join(paint(*cell) for cell in cells)
    wire.feed(text)
    wire.take(COLUMNS, LINES)
    written = Terminal(COLUMNS, LINES)
    written.feed(b"\x1b[1;44m" + noise.replace(b"\x1b", b"x"))
    wire.forget()
    assert seen(shows(wire.take(COLUMNS, LINES), written)) == seen(shows(text))


@pytest.fixture
def wire() -> Wire:
    """One whose terminal is empty."""
    made = Wire()
    made.feed(OPEN)
    made.take(COLUMNS, LINES)
    return made


def test_painting_the_same_again_writes_nothing(wire: Wire) -> None:
    wire.feed("\x1b[2;1H\x1b[1mGMV\x1b[0m 412")
    assert wire.take(COLUMNS, LINES)
    wire.feed("\x1b[2;1H\x1b[1mGMV\x1b[0m 412")
    assert wire.take(COLUMNS, LINES) == ""


def test_only_what_differs_is_written(wire: Wire) -> None:
    wire.feed("\x1b[2;1HGMV      412\x1b[1;1H")
    wire.take(COLUMNS, LINES)
    wire.feed("\x1b[2;1HGMV      413\x1b[1;1H")
    assert wire.take(COLUMNS, LINES) == "\x1b[2;12H3\x1b[H"


def test_blanks_of_an_empty_screen_are_not_written(wire: Wire) -> None:
    wire.feed("\x1b[1;1H\x1b[36mok\x1b[0m          \x1b[1;1H")
    assert wire.take(COLUMNS, LINES) == "\x1b[H\x1b[36mok\x1b[H"


def test_a_long_blank_end_is_erased_rather_than_written(wire: Wire) -> None:
    wire.feed("\x1b[1;1Habcdefghijkl")
    wire.take(COLUMNS, LINES)
    wire.feed("\x1b[1;1Habc         \x1b[1;1H")
    assert wire.take(COLUMNS, LINES) == "\x1b[1;4H\x1b[K\x1b[H"


def test_what_paints_nothing_passes_in_its_place(wire: Wire) -> None:
    wire.feed("\x1b[1;1Hbefore\x1b[?1049l")
    wire.feed("\x1b]52;c;R01W\x07\x1b[?25h")
    assert wire.take(COLUMNS, LINES) == "\x1b[Hbefore\x1b[1;7H\x1b[?1049l\x1b]52;c;R01W\x07\x1b[?25h"


def test_frames_are_shown_at_once_where_the_terminal_can(wire: Wire) -> None:
    wire.feed("\x1b[?2026h")
    wire.feed("\x1b[1;1Hab")
    wire.feed("\x1b[?2026l")
    assert wire.take(COLUMNS, LINES) == "\x1b[?2026h\x1b[Hab\x1b[1;3H\x1b[?2026l"
    wire.feed("\x1b[?2026h\x1b[?2026l")
    assert wire.take(COLUMNS, LINES) == ""


def test_frames_that_the_line_could_not_take_are_left_out(wire: Wire) -> None:
    for count in range(100):
        wire.feed(f"\x1b[1;1H{count:3}\x1b[1;1H")
    assert wire.take(COLUMNS, LINES) == "\x1b[1;2H99\x1b[H"


def test_another_size_is_written_whole(wire: Wire) -> None:
    wire.feed("\x1b[1;1H库存库存库存\x1b[2;1Hb\x1b[1;1H")
    wire.take(COLUMNS, LINES)
    small = Terminal(5, 2)
    small.feed(wire.take(5, 2).encode())
    assert small.rows() == ["库存 ", "b    "]


def test_a_row_with_an_emoji_is_written_whole(wire: Wire) -> None:
    """Terminals do not agree how wide such a character is: what stands behind it may be elsewhere."""
    wire.feed("\x1b[1;1H👍🏽 ok 1 \x1b[1;1H")
    wire.take(COLUMNS, LINES)
    wire.feed("\x1b[1;1H👍🏽 ok 2 \x1b[1;1H")
    assert "👍🏽 ok 2" in wire.take(COLUMNS, LINES)
