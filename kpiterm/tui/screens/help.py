"""Keys and symbols, explained."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kpiterm.tui.draw import STATES, cell

KEYS = (
    ("1  2  tab", "board, accounts, the other one"),
    ("↑ ↓  j k", "move"),
    ("enter", "board: all about a KPI; accounts: sync this account"),
    ("s", "sync all accounts; while a sync runs: stop it"),
    ("r", "read the store again"),
    ("d", "dark or light"),
    ("esc", "close; hide the notice under the first line"),
    ("?", "this help"),
    ("ctrl+p", "every command, by name"),
    ("q", "quit"),
)
SIGNS = (
    ("━━━┃──", "value, with a mark where the target is"),
    ("▁▃▅▇ █", "13 periods, the newest at the right; a gap is no data"),
    ("▲ ▼", "against the period before; better or worse in words"),
    ("provisional", "days are missing or orders are pending"),
    ("settling", "refunds and ad attribution still change it"),
    ("final", "will not change any more"),
    ("2 d late", "data ends 2 days before the period's last counted day"),
)
MEANINGS = {
    "breach": "the target is missed",
    "watch": "near the target, or on the way to missing it",
    "ok": "the target is met",
    "no_data": "no value; the reason stands beside it. It is not zero",
}


class HelpScreen(ModalScreen[None]):
    """Closes with any of the keys that one would try."""

    CSS_PATH = "detail.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q,question_mark", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = "help"
            box.border_subtitle = "esc closes"
            yield Static(Content("\n").join(self._lines()))

    def _lines(self) -> list[Content]:
        states = [
            Content.assemble(cell(f"{symbol} {word}", 13, style), MEANINGS[state])
            for state, (symbol, word, style) in STATES.items()
        ]
        keys = [Content.assemble(cell(key, 13, "bold $primary"), text) for key, text in KEYS]
        signs = [Content.assemble(cell(sign, 13), text) for sign, text in SIGNS]
        return [*keys, Content(""), *states, Content(""), *signs]
