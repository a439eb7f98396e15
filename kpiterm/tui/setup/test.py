"""The account's test, role by role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget

from kpiterm.i18n import N_, said
from kpiterm.tui.draw import clean
from kpiterm.tui.setup.beside import beside
from kpiterm.tui.setup.choices import Choice, Choices
from kpiterm.tui.setup.desk import Fault, Finding
from kpiterm.tui.setup.step import Step
from kpiterm.tui.widgets.phrase import Phrase

_ON: Choice = ("sync", N_("Go on"), "")
_SKIP: Choice = ("sync", N_("Go on all the same"), N_("The sync tries again, and says what it could not read."))
_AGAIN: Choice = ("again", N_("Test again"), "")
_CHANGE: Choice = ("account", N_("Change the account"), N_("The stored secrets stay; fill in those that were wrong."))


class TestStep(Step):
    """What the connector found; it can be tried again, or passed over."""

    __test__ = False
    """For pytest, which takes any class of such a name for one of its own."""

    HEADING = N_("Test")

    def body(self) -> Iterable[Widget]:
        yield Phrase("", id="told")
        yield Findings()
        yield Choices([_SKIP, _CHANGE])

    def on_mount(self) -> None:
        self.query_one("#heading", Phrase).tell(said("Test of {0}", self.notes.account))
        self.do_again()

    def do_again(self) -> None:
        """Try the credentials."""
        self.run_worker(self._test(), exclusive=True)

    async def _test(self) -> None:
        told, findings, choices = self.query_one("#told", Phrase), self.query_one(Findings), self.query_one(Choices)
        findings.show(())
        told.tell(N_("trying the credentials, which may take a minute…"))
        found = await beside(self.desk.test, self.notes.account)
        if isinstance(found, Fault):
            found = [Finding(self.notes.account, False, f"{found.text}. {found.hint}".rstrip(". "))]
        findings.show(found)
        if all(one.ok for one in found):
            told.tell(N_("✓ everything that was tried works"))
            choices.show([_ON, _AGAIN, _CHANGE])
        else:
            told.tell(said("✗ {0} of {1} did not work", sum(not one.ok for one in found), len(found)))
            choices.show([_CHANGE, _AGAIN, _SKIP])
        self.call_after_refresh(choices.scroll_visible, animate=False)


class Findings(Phrase):
    """One line each: sign, what was tried, and what came of it or how to remedy it."""

    def __init__(self) -> None:
        super().__init__("")
        self._found: Sequence[Finding] = ()

    def show(self, found: Sequence[Finding]) -> None:
        """These, the bad ones first."""
        self._found = sorted(found, key=lambda one: one.ok)
        self.retell()

    def retell(self) -> None:
        self.update(Content("\n").join(_line(one) for one in self._found))


def _line(one: Finding) -> Content:
    sign = ("✓ ", "$success") if one.ok else ("✗ ", "bold $error")
    return Content.assemble(sign, clean(one.name), f": {clean(one.detail)}" if one.detail else "")
