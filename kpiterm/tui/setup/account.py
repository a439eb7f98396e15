"""The account: its name, its settings and its credentials."""

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

NAME = "@name"
_SAVE: Choice = ("save", N_("Save and test"), N_("Secrets go to the keyring of this machine, the rest to accounts/."))
_BACK: Choice = ("connector", N_("Back"), N_("Nothing of this is kept."))


class AccountStep(Step):
    """Nothing is written before all of it is right."""

    HEADING = N_("The account")

    def body(self) -> Iterable[Widget]:
        yield Phrase(N_("asking the connector what it needs…"), "$text-muted", id="told")
        yield Choices([_BACK])

    def on_mount(self) -> None:
        self.query_one("#heading", Phrase).tell(said("The account: {0}", self.notes.connector))
        self.run_worker(self._ask(), exclusive=True)

    async def _ask(self) -> None:
        fields = await beside(self.desk.fields, self.notes.connector, self.notes.account)
        told = self.query_one("#told", Phrase)
        if isinstance(fields, Fault):
            told.tell(said("✗ {0}; {1}", fields.text, fields.hint))
            return
        told.display = False
        form = Form(fields)
        await self.mount(form, before=self.query_one(Choices))
        self.query_one(Choices).show([_SAVE, _BACK])
        form.focus_first()

    def do_save(self) -> None:
        """Check, keep, and go on to the test."""
        self.run_worker(self._save(), exclusive=True)

    async def _save(self) -> None:
        form = self.query_one(Form)
        values = form.values()
        account = values.pop(NAME)
        fault = await beside(self.desk.declare, self.notes.connector, account, values)
        form.tell_fault(fault)
        if fault is None:
            form.clear_secrets()
            self.notes.account = account
            self.post_message(self.Go("test"))
