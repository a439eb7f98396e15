"""The probe of terminal programs sees what they show, and measures what they write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench import peers
from bench.measure import cpu_seconds, on_cpu
from bench.probe import Probe
from bench.terminal import NORMAL, Pen, Terminal
from bench.tui import ABSENT, Program, compared


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def shown(data: str, columns: int = 10, lines: int = 3) -> Terminal:
    screen = Terminal(columns, lines)
    screen.feed(data.encode())
    return screen


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        ("ab\r\ncd", ["ab   ", "cd   "]),
        ("\x1b[2;3Hx\x1b[Hy", ["y    ", "  x  "]),
        ("abcde\x1b[1;3H\x1b[K", ["ab   ", "     "]),
        ("abcde\x1b[1;2H\x1b[2X", ["a  de", "     "]),
        ("ab\x1b[2Jc", ["  c  ", "     "]),
        ("a\x1b[2Cb\x1b[Bc", ["a  b ", "    c"]),
        ("库存x", ["库存x", "     "]),
        ("库存\x1b[1;2Hx", [" x存 ", "     "]),
        ("\x1b]0;title\x07\x1b[?25l\x1b(Bok", ["ok   ", "     "]),
    ],
)
def test_a_terminal_shows_what_is_written(data: str, rows: list[str]) -> None:
    assert shown(data, 5, 2).rows() == rows


def test_a_sequence_that_comes_in_pieces_is_understood() -> None:
    screen = Terminal(10, 1)
    for byte in "\x1b[1;38;2;1;2;3m库".encode():
        screen.feed(bytes([byte]))
    assert screen.cells[0][0] == ("库", Pen(frozenset({1}), (38, 2, 1, 2, 3)))


@pytest.mark.parametrize(
    ("numbers", "pen"),
    [
        ("1;31", Pen(frozenset({1}), (31,))),
        ("38;5;7;48;2;1;2;3", Pen(front=(38, 5, 7), back=(48, 2, 1, 2, 3))),
        ("7;97;107", Pen(frozenset({7}), (97,), (107,))),
        ("1;2;31;41;22;39;49", NORMAL),
        ("1;31;0", NORMAL),
        ("", NORMAL),
    ],
)
def test_a_pen_is_what_its_numbers_say(numbers: str, pen: Pen) -> None:
    assert shown(f"\x1b[{numbers}mx").cells[0][0] == ("x", pen)


def test_the_probe_measures_a_program_and_answers_it() -> None:
    script = "stty -echo; printf 'a program which has painted itself'; read key; printf '\\033[?25h\\033[2;1H%s' $key"
    with Probe(shell(f"{script}; read key"), columns=40, lines=4) as probe:
        probe.until_text("painted itself")
        first = probe.bytes
        assert probe.painted is not None
        assert first == len("a program which has painted itself")
        probe.press("pressed\n")
        probe.until_text("pressed")
        assert probe.bytes - first == len("\x1b[?25h\x1b[2;1Hpressed")
        assert probe.modes == b"\x1b[?25h"
        assert probe.idle(0.1)[0] == 0


def test_the_probe_says_what_the_screen_showed_when_a_program_ends() -> None:
    with Probe(shell("echo why it ended"), columns=40, lines=4) as probe, pytest.raises(EOFError, match="why it ended"):
        probe.until_text("never")


def test_a_slow_line_carries_everything_and_not_at_once() -> None:
    with Probe(shell("printf %0400d 7; read key"), columns=400, lines=2, rate=4000, delay=0.05) as probe:
        probe.until_more()
        assert probe.bytes < 400
        probe.until_text("7")
        assert probe.bytes == 400


def test_what_this_process_has_computed_is_counted() -> None:
    before, fine = cpu_seconds(os.getpid()), on_cpu(os.getpid())
    while on_cpu(os.getpid()) - fine < 0.05:
        pass
    assert cpu_seconds(os.getpid()) - before > 0.02


def test_programs_take_turns_and_one_that_is_missing_or_broken_is_said_to_be() -> None:
    programs = [
        Program("here", shell("printf 'twenty-five cells and some more'; read key"), "more"),
        Program("missing", None, ""),
        Program("broken", shell("exit 3"), "never"),
    ]
    here, missing, broken = compared(programs, rounds=1, idle=0.1)
    assert (here.bytes, here.idle_bps) == (31, 0)
    assert here.wall_ms
    assert (missing.bytes, missing.note) == (None, ABSENT)
    assert broken.note.startswith("it did not start")


def test_a_peer_is_taken_from_its_own_virtualenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "posting" / "bin" / "posting"
    program.parent.mkdir(parents=True)
    program.touch()
    monkeypatch.setenv("BENCH_PEERS", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert peers.screen("posting") == [str(program)]
    assert peers.screen("harlequin") is None
