"""Keys and symbols, explained; the shown screen's own keys first."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kpiterm.tui.draw import STATES, cell

HERE: dict[str, tuple[tuple[str, str], ...]] = {
    "board": (("enter", "all about the chosen KPI"),),
    "kpi": (("n  p", "the next KPI, the one before"), ("esc", "back to the board")),
    "inventory": (
        ("enter", "the chosen SKU: why, how the quantity adds up, its days"),
        ("a", "accept: order as suggested"),
        ("z", "later: put the decision off until a day"),
        ("c", "change: order another quantity"),
        ("o", "sort by the next column"),
        ("t", "all SKUs, or those that need an order"),
        ("/", "filter: every word must be there; esc clears"),
    ),
    "contract": (("/", "filter: every word must be there; esc clears"),),
    "accounts": (("enter", "sync this account"),),
    "alerts": (("/", "filter: every word must be there; esc clears"),),
}
KEYS = (
    ("1 … 6", "board, KPI, inventory, contract, accounts, alerts"),
    ("tab", "the next screen; shift+tab the one before"),
    ("↑ ↓  j k", "move; g G or home end: first, last"),
    ("s", "sync all accounts; while a sync runs: stop it"),
    ("r", "read the store again"),
    ("space", "freeze: nothing changes until it is pressed again"),
    ("y", "copy the chosen row to your clipboard"),
    ("e", "write the shown table as CSV into the working folder"),
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
    """Closes with any of the keys that one would try. `mode` is the screen that it was asked on."""

    CSS_PATH = "box.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,question_mark", "dismiss", "Close"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode

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
        signs = [Content.assemble(cell(sign, 13), text) for sign, text in SIGNS]
        here = _keys(HERE[self._mode])
        title = Content.styled(f"on this screen ({self._mode})", "$text-muted")
        return [title, *here, Content(""), *_keys(KEYS), Content(""), *states, Content(""), *signs]

    def action_scroll(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)


def _keys(keys: tuple[tuple[str, str], ...]) -> list[Content]:
    return [Content.assemble(cell(key, 13, "bold $primary"), text) for key, text in keys]
