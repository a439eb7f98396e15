"""The set-up's screen: one step at a time, the sync beside it, and the keys."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import reactive
from textual.screen import ModalScreen

from kpiterm.i18n import N_, said
from kpiterm.tui.screens.speaking import follow_language
from kpiterm.tui.setup.desk import Desk, StepName
from kpiterm.tui.setup.step import Notes, Step
from kpiterm.tui.sync_state import SyncState
from kpiterm.tui.widgets.key_line import KeyLine
from kpiterm.tui.widgets.phrase import Phrase
from kpiterm.tui.widgets.top_line import sync_word

ORDER: tuple[StepName, ...] = ("language", "start", "connector", "account", "test", "sync", "contract", "last")


class SetupScreen(ModalScreen[bool]):
    """Closed with True where the set-up is done or not wanted, with False where it is only left."""

    CSS_PATH = "setup.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "app.focus_next", N_("Move"), key_display="↑↓"),
        Binding("shift+tab,up", "app.focus_previous", show=False),
        Binding("escape", "leave", N_("Leave, go on later")),
        Binding("L", "app.other_language", show=False),
        Binding("q", "app.quit", N_("Quit")),
    ]

    sync_state: reactive[SyncState] = reactive(SyncState, repaint=False)

    def __init__(self, desk: Desk, step: StepName, notes: Notes) -> None:
        super().__init__()
        self._desk = desk
        self._first = step
        self._notes = notes

    def compose(self) -> ComposeResult:
        yield Phrase("", "bold", id="head")
        yield Vertical(id="step")
        yield Phrase("", "$text-muted", id="sync")
        yield KeyLine()

    async def on_mount(self) -> None:
        follow_language(self)
        self.watch(self.app, "sync_state", self._follow_sync)
        await self._open(self._first)

    async def on_step_go(self, message: Step.Go) -> None:
        await self._open(message.step)

    def on_step_leave(self, message: Step.Leave) -> None:
        if message.done:
            self._desk.finish()
        self.dismiss(message.done)

    def action_leave(self) -> None:
        """What is done is kept; the next start goes on from there."""
        self.dismiss(False)

    async def _open(self, name: StepName) -> None:
        head = said("kpiterm: set-up of {0}", self._desk.workspace)
        if name in ORDER:
            head = said("{0}, step {1} of {2}", head, ORDER.index(name) + 1, len(ORDER))
        self.query_one("#head", Phrase).tell(head)
        place = self.query_one("#step", Vertical)
        with self.app.batch_update():
            await place.remove_children()
            step = _class(name)(self._desk, self._notes)
            await place.mount(step)
        if self.focused is None and self.focus_chain:
            self.set_focus(first := self.focus_chain[0], scroll_visible=False)
            self.call_after_refresh(first.scroll_visible, animate=False)  # Textual would scroll further than needed

    def _follow_sync(self, state: SyncState) -> None:
        line = self.query_one("#sync", Phrase)
        line.display = state.phase != "idle"
        line.tell(sync_word(state))


def opened(desk: Desk) -> SetupScreen:
    """The set-up at the step to go on with."""
    standing = desk.standing()
    return SetupScreen(desk, standing.step, Notes(standing.connector, standing.account, standing.contract))


def _class(name: StepName) -> type[Step]:
    """The class of a step, whose module is imported when it is opened."""
    return cast("type[Step]", getattr(import_module(f"kpiterm.tui.setup.{name}"), f"{name.capitalize()}Step"))
