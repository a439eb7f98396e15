"""The cockpit on a terminal that is closed, resized, put aside or slow: real processes on a pty."""

from __future__ import annotations

import os
import re
import select
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyte
import pytest

from tests.e2e.terminal import Terminal, plain

if TYPE_CHECKING:
    from tests.e2e.conftest import Home, Shop

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("shop"),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc"),
]
LEFT = b"\x1b[?1049l"
Open = Callable[..., Terminal]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Starts the cockpit of a home, and ends it with the test whatever happens."""
    terminals: list[Terminal] = []

    def start(home: Home, *, nohup: bool = False, ready: str = "GMV") -> Terminal:
        terminals.append(Terminal(home.command(), home.environment, nohup=nohup))
        terminals[-1].until(ready)
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.end()


def rows(frame: bytes) -> set[int]:
    """The rows that a frame's cursor was moved to."""
    return {int(row or 1) for row in re.findall(rb"\x1b\[(\d*)(?:;\d*)?H", frame)}


def test_a_closed_window_ends_it_even_while_it_is_stopped(shop: Shop, opened: Open) -> None:
    terminal = opened(shop.home)
    terminal.type("\x1a")
    terminal.become("T")
    terminal.hang_up()
    assert terminal.code() == -signal.SIGHUP


SLOW = """
def days(ctx, window):
    ctx.sleep(60)
    yield from ()

CONNECTOR = connector()
"""


def test_a_closed_window_ends_it_under_nohup_and_with_it_the_sync(
    home: Home, opened: Open, until: Callable[..., None]
) -> None:
    home.plugin("slow", SLOW)
    home.declare("us", "slow")
    home.configure("")
    home.paths.store.mkdir(parents=True)
    (home.paths.store / "set-up").touch()  # done with
    terminal = opened(home, nohup=True, ready="Quit")
    terminal.type("s")
    terminal.until("sync: running")
    until(lambda: len(family(terminal.process.pid)) == 2, "the start of the sync and of its connector")
    children = family(terminal.process.pid)
    terminal.hang_up()
    assert terminal.code() == -signal.SIGHUP
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), "the end of the sync")


def family(pid: int) -> list[int]:
    """Its children, theirs, and so on."""
    try:
        children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [*children, *(one for child in children for one in family(child))]


def test_a_storm_of_resizes_ends_in_one_whole_paint_of_the_last_size(
    shop: Shop, opened: Open, until: Callable[..., None]
) -> None:
    terminal = opened(shop.home)
    terminal.quiet()
    before = len(terminal.said)
    for step in range(200):
        terminal.resize(60 + step % 90, 18 + step % 30)
        terminal.read(0.001)
    terminal.resize(110, 33)

    def screen() -> list[str]:
        terminal.quiet()
        seen = pyte.Screen(110, 33)
        pyte.ByteStream(seen).feed(terminal.said[before:])
        return list(seen.display)

    until(lambda: "Quit" in screen()[-1], "a paint of the last size")
    terminal.quiet(2)
    shown, told = screen(), len(terminal.said)
    assert any("GMV" in line for line in shown)
    terminal.type("\x0c")
    until(lambda: screen() == shown and len(terminal.said) > told, "the same when it is painted anew")
    assert len(terminal.said) - before < 400_000  # every size painted in full would be more than a megabyte
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.code() == 0
    assert terminal.modes() == terminal.cooked


def test_it_can_be_put_aside_and_taken_up_again_and_sighup_leaves_the_terminal_in_order(
    shop: Shop, opened: Open, until: Callable[..., None]
) -> None:
    terminal = opened(shop.home)
    raw = terminal.modes()
    for by_key in (True, False):
        terminal.quiet()
        if by_key:
            terminal.type("\x1a")
        else:
            terminal.process.send_signal(signal.SIGTSTP)
        terminal.become("T")
        terminal.quiet(0.1)
        assert terminal.said.rpartition(LEFT)[2].count(b"\x1b[?1049h") == 0
        assert terminal.modes() == terminal.cooked
        before = len(terminal.said)
        terminal.resize(90, 28)  # while it is away
        terminal.process.send_signal(signal.SIGCONT)
        terminal.until("Quit", since=before)
        assert b"\x1b[?1049h" in terminal.said[before:]
        assert "GMV" in plain(terminal.said[before:])
        until(lambda: terminal.modes() == raw, "the terminal's raw mode, set as the first bytes are on their way")
    before = len(terminal.said)
    terminal.type("3")  # the threads that read the store are awake, too
    terminal.until("SKU", since=before)
    terminal.process.send_signal(signal.SIGHUP)
    assert terminal.code() == -signal.SIGHUP
    assert terminal.modes() == terminal.cooked  # for whoever sent it may not have closed the window
    terminal.quiet(0.1)
    assert LEFT in terminal.said[before:]


def test_on_a_slow_line_no_key_is_lost_and_nothing_piles_up(shop: Shop, opened: Open) -> None:
    terminal = opened(shop.home)
    before = len(terminal.said)
    for key in "354635463546":
        terminal.type(key)
        crawl(terminal, 0.1)
    terminal.resize(80, 24)
    terminal.type("4")
    crawl(terminal, 1.0)
    terminal.until("No contract yet", since=before)  # the line is quick again: what was not sent yet comes at once
    terminal.quiet()
    assert len(terminal.said) - before < 60_000  # each of those screens has about six thousand bytes
    before = len(terminal.said)
    terminal.type("1")
    terminal.until("GMV", since=before)
    terminal.quiet()
    assert max(rows(terminal.said[before:])) <= 24  # the new size was not lost either
    terminal.type("3rq")  # leaves while a page is being read
    crawl(terminal, 0.5)
    assert terminal.code() == 0


def crawl(terminal: Terminal, seconds: float) -> None:
    """Read for so long what 9600 baud would carry."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and terminal.process.poll() is None:
        terminal.read(0, 20)
        select.select([], [], [], 20 / 960)


def test_a_line_that_takes_nothing_keeps_nobody(shop: Shop, opened: Open) -> None:
    terminal = opened(shop.home)
    for key in "345345345345":  # nobody reads: the line fills up
        terminal.type(key)
        select.select([], [], [], 0.05)
    terminal.process.send_signal(signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(terminal.process.pid, 0)[1]) in {0, 128 + signal.SIGTERM}
    assert terminal.modes() == terminal.cooked
