"""A contract from a few answers."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from kpiterm.i18n import N_, said
from kpiterm.tui.setup.beside import beside
from kpiterm.tui.setup.choices import Choice, Choices
from kpiterm.tui.setup.desk import Fault
from kpiterm.tui.setup.form import Form
from kpiterm.tui.setup.step import Step
from kpiterm.tui.widgets.phrase import Phrase

_WRITE: Choice = ("write", N_("Write the contract"), N_("A file of its own; nothing is written over."))
_SKIP: Choice = ("last", N_("Not now"), N_("The board then shows KPIs without weights."))
_ON: Choice = ("last", N_("Go on"), "")
_BACK: Choice = ("sync", N_("Back"), "")


class ContractStep(Step):
    """Skipped where there is one."""

    HEADING = N_("Contract")

    def body(self) -> Iterable[Widget]:
        yield Phrase("", id="told")
        yield Choices([_ON] if self.notes.contract else [_SKIP, _BACK])

    def on_mount(self) -> None:
        if self.notes.contract:
            self.query_one("#told", Phrase).tell(said("there is one already: {0}", self.notes.contract))
        else:
            self.run_worker(self._ask(), exclusive=True)

    async def _ask(self) -> None:
        told = self.query_one("#told", Phrase)
        told.tell(N_("What was agreed, or what you would like to agree. All of it can be changed in the file."))
        form = Form(await beside(self.desk.questions))
        await self.mount(form, before=self.query_one(Choices))
        self.query_one(Choices).show([_WRITE, _SKIP, _BACK])
        form.focus_first()

    def do_write(self) -> None:
        """Check the answers and write the file."""
        self.run_worker(self._write(), exclusive=True)

    async def _write(self) -> None:
        form = self.query_one(Form)
        answer = await beside(self.desk.agree, form.values())
        if isinstance(answer, Fault):
            form.tell_fault(answer)
            return
        await form.remove()
        self.query_one("#told", Phrase).tell(said("✓ {0}", answer.text))
        self.notes.contract = answer.text
        self.query_one(Choices).show([_ON])
        self.screen.focus_next()
