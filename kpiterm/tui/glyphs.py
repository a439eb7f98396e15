"""Signs that a terminal lacks, in those that it has: cell for cell, so that nothing moves."""

from __future__ import annotations

import os
from collections.abc import Mapping

from rich.cells import cell_len

OVERRIDE = "KPITERM_GLYPHS"
"""The variable of the environment that decides: unicode, console or ascii."""
_CONSOLE = {
    "✓": "√", "✗": "x", "━": "═", "┃": "║", "┄": "-", "▁": "_", "▂": "_", "▃": "▄", "▅": "▄", "▆": "█", "▇": "█",
    "▏": "│", "▸": "►", "‖": "║", "−": "-", "–": "-", "—": "-", "…": "~", "╭": "┌", "╮": "┐", "╰": "└", "╯": "┘",
    "•": "·", "“": '"', "”": '"', "’": "'", "▔": "─", "▎": "│", "▊": "█",
}  # fmt: skip
_ASCII = {
    "✓": "+", "✗": "x", "━": "=", "┃": "#", "┄": ".", "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+",
    "╭": "+", "╮": "+", "╰": "+", "╯": "+", "├": "+", "┤": "+", "═": "=", "║": "|",
    "▁": "_", "▂": "_", "▃": "-", "▄": "-", "▅": "=", "▆": "=", "▇": "#", "█": "#", "▌": ">", "▐": "<", "░": ":",
    "▒": "%", "▓": "%", "▏": "|", "▎": "|", "▊": "#", "▸": ">", "▲": "^", "▼": "v", "↑": "^", "↓": "v", "→": ">",
    "←": "<", "‖": "|", "−": "-", "–": "-", "—": "-", "…": "~", "•": "*", "·": ".", "×": "x", "≤": "<", "≥": ">",
    "±": "~", "“": '"', "”": '"', "’": "'", "‘": "'", "¥": "Y", "€": "E", "£": "L", "\u00a0": " ", "▔": "-",
}  # fmt: skip


class _Plain(dict[int, str]):
    """A sign that has no stand-in becomes as many question marks as it has cells."""

    def __missing__(self, code: int) -> str:
        found = chr(code) if code < 128 else "?" * cell_len(chr(code))
        self[code] = found
        return found


CONSOLE: Mapping[int, str] = str.maketrans(_CONSOLE)
"""For the console of Linux, whose fonts have a few hundred signs: no ticks, no eighths of a block, no heavy lines."""
ASCII: Mapping[int, str] = _Plain(str.maketrans(_ASCII))
"""For a terminal that does not speak UTF-8."""


def lacking(environment: Mapping[str, str] = os.environ) -> Mapping[int, str] | None:
    """The stand-ins that this terminal needs; None where it has everything.

    A locale that names another charset than UTF-8 decides; without any, old terminals are taken at their name.
    """
    term = environment.get("TERM", "")
    locale = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environment.get(name))), "")
    chosen = environment.get(OVERRIDE, "")
    if chosen in ("unicode", "console", "ascii"):
        return {"unicode": None, "console": CONSOLE, "ascii": ASCII}[chosen]
    speaks = "utf8" in locale.lower().replace("-", "")
    if locale and not speaks:
        return ASCII
    if not locale and term.startswith(("vt1", "vt2", "vt3", "vt5", "dumb", "ansi")):
        return ASCII
    return CONSOLE if term.startswith("linux") else None


def fitted(text: str, stand_ins: Mapping[int, str] | None) -> str:
    """`text` in what the terminal has; control sequences are ASCII and stay."""
    return text.translate(stand_ins) if stand_ins else text
