"""The last page: what is left to do outside, and where everything is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from kpiterm.i18n import N_, said
from kpiterm.tui.draw import clean
from kpiterm.tui.setup.choices import Choices
from kpiterm.tui.setup.desk import Closing
from kpiterm.tui.setup.step import Step
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.phrase import Phrase


class LastStep(Step):
    """The set-up is done once this page was seen."""

    HEADING = N_("That is all. To keep it fresh, add this line with crontab -e:")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "copy", N_("Copy"))]

    def body(self) -> Iterable[Widget]:
        self._end = self.desk.closing()
        yield Phrase(self._end.cron, "$primary", id="cron")
        copy = N_("Into the clipboard of the terminal that you sit at.")
        yield Choices((("leave", N_("Open the board"), ""), ("copy", N_("Copy the line for cron"), copy)))
        remedy = N_("cron often cannot reach the keyring: docs/how-to/keyring.md has the remedies.")
        yield Phrase(remedy, "$text-muted", id="text")
        yield Phrase(said("Everything is in {0}:", self._end.folder))
        yield Files(self._end)

    def on_mount(self) -> None:
        self.desk.finish()

    def action_copy(self) -> None:
        """The line, whole, however it is wrapped here."""
        self.app.copy_to_clipboard(self._end.cron)
        self.query_one("#cron", Phrase).tell(f"{self._end.cron}  ✓")

    do_copy = action_copy


class Files(Phrase):
    """Which file is where."""

    def __init__(self, closing: Closing) -> None:
        super().__init__("")
        self._end = closing

    def retell(self) -> None:
        names = [_(what) for what, _path in self._end.files]
        width = max(map(cell_len, names)) + 2
        lines = [
            Content.assemble((f"{name}{' ' * (width - cell_len(name))}", "$text-muted"), clean(path))
            for name, (_what, path) in zip(names, self._end.files, strict=True)
        ]
        self.update(Content("\n").join(lines))
