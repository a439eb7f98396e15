"""What the steps have in common: where they lead, what they remember, and a heading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget

from kpiterm.tui.setup.choices import Choices
from kpiterm.tui.setup.desk import Desk, StepName
from kpiterm.tui.widgets.phrase import Phrase


@dataclass(slots=True)
class Notes:
    """What one step tells the next ones; never a secret."""

    connector: str = ""
    account: str = ""
    contract: str = ""


class Step(VerticalScroll, can_focus=False):
    """A heading, what to know, and things to choose or to fill in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]
    HEADING: ClassVar[str]
    TEXT: ClassVar[str] = ""

    class Go(Message):
        """To another step."""

        def __init__(self, step: StepName) -> None:
            super().__init__()
            self.step = step

    class Leave(Message):
        """To the board; for good, if `done`."""

        def __init__(self, *, done: bool) -> None:
            super().__init__()
            self.done = done

    def __init__(self, desk: Desk, notes: Notes) -> None:
        super().__init__()
        self.desk = desk
        self.notes = notes

    def compose(self) -> ComposeResult:
        yield Phrase(self.HEADING, "bold", id="heading")
        if self.TEXT:
            yield Phrase(self.TEXT, id="text")
        yield from self.body()

    def body(self) -> Iterable[Widget]:
        """What stands under the text."""
        return ()

    def on_choices_picked(self, message: Choices.Picked) -> None:
        message.stop()
        self.pick(message.name)

    def pick(self, name: str) -> None:
        """A choice leads to the step of its name, or does what the step's own `do_…` says."""
        act = getattr(self, f"do_{name}", None)
        if act is not None:
            act()
        else:
            self.post_message(self.Go(cast("StepName", name)))

    def do_leave(self) -> None:
        """To the board."""
        self.post_message(self.Leave(done=True))
