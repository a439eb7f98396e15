"""Loading files that a person has downloaded."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from kpiterm.i18n import N_, said
from kpiterm.tui.setup.beside import beside
from kpiterm.tui.setup.choices import Choices
from kpiterm.tui.setup.desk import Field
from kpiterm.tui.setup.form import Form
from kpiterm.tui.setup.step import Step
from kpiterm.tui.widgets.phrase import Phrase

_FILES = Field(
    name="files", title=N_("Files"), required=True,
    help=N_("a file, a folder, or a pattern such as ~/Downloads/*.csv; what each one is shows from its content"),
)  # fmt: skip


class FilesStep(Step):
    """The same command that a person would type, and what it says."""

    HEADING = N_("Load files that I have downloaded")

    def body(self) -> Iterable[Widget]:
        yield Form([_FILES])
        yield Phrase("", id="told")
        yield Choices((("load", N_("Load"), ""), ("start", N_("Back"), ""), ("leave", N_("Open the board"), "")))

    def do_load(self) -> None:
        """Import what the field names."""
        self.run_worker(self._load(self.query_one(Form).values()["files"]), exclusive=True)

    async def _load(self, pattern: str) -> None:
        if pattern:
            told = self.query_one("#told", Phrase)
            told.tell(said("loading…"))
            outcome = await beside(self.desk.load, pattern)
            told.tell(said("✓ {0}", said("loaded")) if outcome.ok and not outcome.text else outcome.text)
