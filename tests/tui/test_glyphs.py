"""What a terminal cannot show is shown in signs that it has, cell for cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kpiterm.tui.glyphs import ASCII, CONSOLE, fitted, lacking


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, None),
        ({"TERM": "xterm-256color"}, None),
        ({"TERM": "vt100", "LANG": "C.utf8"}, None),
        ({"TERM": "vt100"}, ASCII),
        ({"TERM": "xterm", "LC_ALL": "C", "LANG": "en_US.UTF-8"}, ASCII),
        ({"TERM": "xterm", "LANG": "zh_CN.GB18030"}, ASCII),
        ({"TERM": "linux", "LANG": "en_US.UTF-8"}, CONSOLE),
        ({"TERM": "linux", "KPITERM_GLYPHS": "unicode"}, None),
        ({"TERM": "xterm", "KPITERM_GLYPHS": "ascii"}, ASCII),
    ],
)
def test_locale_terminal_and_override_decide(environment: dict[str, str], expected: object) -> None:
    assert lacking(environment) is expected


def test_states_stay_apart_without_their_signs() -> None:
    line = "\x1b[1m✗ breach ! watch ✓ ok – no data ▲ +3.1 pp ▁▂▃▄▅▆▇█ ━━┃── 中文…\x1b[0m"
    assert fitted(line, ASCII) == "\x1b[1mx breach ! watch + ok - no data ^ +3.1 pp __--==## ==#-- ????~\x1b[0m"
    assert fitted(line, CONSOLE) == "\x1b[1mx breach ! watch √ ok - no data ▲ +3.1 pp __▄▄▄███ ══║── 中文~\x1b[0m"
    assert fitted(line, None) == line


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"))))
def test_nothing_moves(text: str) -> None:
    plain = fitted(text, ASCII)
    assert plain.isascii()
    assert len(plain) == sum(cell_len(sign) for sign in text)
