"""Keys and symbols, explained; the shown screen's own keys first."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from kpiterm.i18n import N_, said, word
from kpiterm.tui import wrap
from kpiterm.tui.draw import STATES, cell
from kpiterm.tui.modes import MODES
from kpiterm.tui.screens.speaking import follow_language
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.text_panel import TextPanel

NAME = 13
"""Cells of the keys and signs."""

HERE: dict[str, tuple[tuple[str, str], ...]] = {
    "board": (
        ("enter", N_("all about the chosen KPI")),
        ("n", N_("the next KPI in watch or breach")),
    ),
    "kpi": (("n  p", N_("the next KPI, the one before")), ("esc", N_("back to the board"))),
    "inventory": (
        ("enter", N_("the chosen SKU: why, how the quantity adds up, its days")),
        ("a", N_("accept: order as suggested")),
        ("z", N_("later: put the decision off until a day")),
        ("c", N_("adjust: order another quantity")),
        ("o", N_("sort by the next column")),
        ("p", N_("purchase orders; a new one for the chosen SKU")),
        ("t", N_("all SKUs, or those that need an order")),
        ("/", N_("filter: every word must be there; esc clears")),
    ),
    "orders": (
        ("n", N_("enter an order, filled in for the chosen suggestion")),
        ("a", N_("it has reached its next milestone")),
        ("v", N_("units have arrived, all or some")),
        ("x", N_("nothing more will come of it")),
        ("/", N_("filter: every word must be there; esc clears")),
        ("esc", N_("back to the inventory")),
    ),
    "contract": (("/", N_("filter: every word must be there; esc clears")),),
    "accounts": (("enter", N_("sync this account")),),
    "alerts": (
        ("a", N_("acknowledge: you take it on, with a note")),
        ("/", N_("filter: every word must be there; esc clears")),
    ),
    "clients": (
        ("enter", N_("open this client: all screens are about it from then on")),
        ("o", N_("sort by the next column")),
        ("/", N_("filter: every word must be there; esc clears")),
    ),
}
TITLES = {"orders": N_("purchase orders")}
"""What screens over a numbered one are called."""
KEYS = (
    ("1 … 6", N_("board, KPI, inventory, contract, accounts, alerts")),
    ("w", N_("all clients, one line each; enter opens one")),
    ("tab", N_("the next screen; shift+tab the one before")),
    ("↑ ↓  j k", N_("move; g G or home end: first, last")),
    ("s", N_("sync all accounts; while a sync runs: stop it")),
    ("r", N_("read the store again")),
    ("space", N_("freeze: nothing changes until it is pressed again")),
    ("y", N_("copy the chosen row to your clipboard")),
    ("e", N_("write the shown table as CSV into the working folder")),
    ("d", N_("dark or light")),
    ("L", N_("English or Chinese")),
    ("ctrl+l", N_("draw the screen anew")),
    ("esc", N_("close; hide the notice under the first line")),
    ("?", N_("this help")),
    ("ctrl+p", N_("every command, by name")),
    ("q", N_("quit")),
)
SIGNS = (
    ("━━━┃──", N_("value, with a mark where the target is")),
    ("▁▃▅▇ █", N_("13 periods, the newest at the right; a gap is no data")),
    ("▲ ▼", N_("against the period before; better or worse in words")),
    (N_("provisional"), N_("days are missing or orders are pending")),
    (N_("settling"), N_("refunds and ad attribution still change it")),
    (N_("final"), N_("will not change any more")),
    (N_("2 d late"), N_("data ends 2 days before the period's last counted day")),
)
MEANINGS = {
    "breach": N_("the target is missed"),
    "watch": N_("near the target, or on the way to missing it"),
    "ok": N_("the target is met"),
    "no_data": N_("no value; the reason stands beside it. It is not zero"),
}


class HelpScreen(ModalScreen[None]):
    """Closes with any of the keys that one would try. `topic` is the screen that it was asked on."""

    CSS_PATH = "box.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,question_mark", "dismiss", N_("Close")),
        Binding("L", "app.other_language", show=False),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, topic: str) -> None:
        super().__init__()
        self._topic = topic
        self._title = next((one.title for one in MODES if one.name == topic), TITLES.get(topic, topic))

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield TextPanel()

    def on_mount(self) -> None:
        follow_language(self)
        self.retell()

    def retell(self) -> None:
        box = self.query_one(VerticalScroll)
        box.border_title, box.border_subtitle = _("help"), _("esc closes")
        self.query_one(TextPanel).show(self._lines)

    def _lines(self, width: int) -> list[Content]:
        title = Content.styled(_(said("on this screen ({0})", word(self._title))), "$text-muted")
        states = [
            line
            for state, (symbol, name, style) in STATES.items()
            for line in _entry(f"{symbol} {_(name)}", style, MEANINGS[state], width)
        ]
        signs = [line for sign, text in SIGNS for line in _entry(_(sign), "", text, width)]
        here, keys = _keys(HERE[self._topic], width), _keys(KEYS, width)
        return [title, *here, Content(""), *keys, Content(""), *states, Content(""), *signs]

    def action_scroll(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)


def _keys(keys: tuple[tuple[str, str], ...], width: int) -> list[Content]:
    return [line for key, text in keys for line in _entry(key, "bold $primary", text, width)]


def _entry(name: str, style: str, text: str, width: int) -> list[Content]:
    """A name and what it means, which stays in its column where it takes several lines."""
    first, *others = wrap.wrapped(_(text), "", max(width - NAME, 10))
    return [Content.assemble(cell(name, NAME, style), first), *(line.pad_left(NAME) for line in others)]
