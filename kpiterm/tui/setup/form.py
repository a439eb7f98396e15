"""Fields to fill in. What a secret field holds is shown nowhere: not on the screen, in a message, or in a clipboard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.repr import Result
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from kpiterm.i18n import said, sentences, word
from kpiterm.tui.draw import clean
from kpiterm.tui.setup.desk import Fault, Field
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.line import Line
from kpiterm.tui.widgets.phrase import Phrase


class SecretLine(Line):
    """A line whose messages say that there is something, not what; nothing can be copied out of it."""

    class Changed(Input.Changed):
        """Does not show its value."""

        def __rich_repr__(self) -> Result:
            yield "input", self.input

        def __repr__(self) -> str:
            return "Changed(…)"

    class Submitted(Input.Submitted):
        """Does not show its value."""

        def __rich_repr__(self) -> Result:
            yield "input", self.input

        def __repr__(self) -> str:
            return "Submitted(…)"

    class Blurred(Input.Blurred):
        """Does not show its value."""

        def __rich_repr__(self) -> Result:
            yield "input", self.input

        def __repr__(self) -> str:
            return "Blurred(…)"

    def action_copy(self) -> None:
        """Nothing."""

    def action_cut(self) -> None:
        """Nothing."""

    def one_line(self, text: str) -> str:
        """A secret that was broken into lines, as terminals do, has no blanks where they were."""
        return "".join(line.strip() for line in text.splitlines())


class FormField(Vertical):
    """What the field is called, what belongs there and where to find it, the line, and what is wrong with it."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self._line = SecretLine(password=True) if field.secret else Line(field.value)
        self._line.entered = self._go_on
        self._fault = Phrase("", "bold $error", id="fault")

    def compose(self) -> ComposeResult:
        yield _Label(self.field)
        yield Phrase(_explained(self.field), "$text-muted")
        yield self._line
        yield self._fault

    @property
    def value(self) -> str:
        return self._line.value.strip()

    def clear(self) -> None:
        """Forget what was entered."""
        self._line.value = ""

    def tell_fault(self, text: str) -> None:
        """Say what is wrong, or, with an empty text, nothing."""
        self._fault.tell(said("✗ {0}", text) if text else "")
        self._fault.display = bool(text)

    def on_mount(self) -> None:
        self._fault.display = False

    def _go_on(self) -> None:
        self.screen.focus_next()

    def take_focus(self) -> None:
        """Its line, and into sight."""
        self._line.focus()


class _Label(Static):
    """The field's name, and whether it may be left empty."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._field = field

    def on_mount(self) -> None:
        self.retell()

    def retell(self) -> None:
        name = _(self._field.title) if self._field.title else self._field.name
        needed = _("required") if self._field.required else _("optional")
        self.update(Content.assemble((clean(name), "bold"), "  ", (needed, "$text-muted")))


class Form(Vertical):
    """The fields one under another, and what is wrong with all of them together."""

    def __init__(self, fields: Sequence[Field]) -> None:
        super().__init__()
        self._fields = [FormField(field) for field in fields]

    def compose(self) -> ComposeResult:
        yield from self._fields
        yield Phrase("", "bold $error", id="wrong")

    def on_mount(self) -> None:
        self.query_one("#wrong").display = False

    def values(self) -> dict[str, str]:
        """What stands in the fields, by name, without blanks around it."""
        return {one.field.name: one.value for one in self._fields}

    def clear_secrets(self) -> None:
        """Once they are kept where they belong."""
        for one in self._secret():
            one.clear()

    def tell_fault(self, fault: Fault | None) -> None:
        """Say it at its field, which gets the focus, else under them all."""
        named = next((one for one in self._fields if fault and one.field.name == fault.field), None)
        told = sentences([word(fault.text), word(fault.hint)]) if fault else ""
        for one in self._fields:
            one.tell_fault(told if one is named else "")
        wrong = self.query_one("#wrong", Phrase)
        wrong.display = bool(told) and named is None
        wrong.tell(said("✗ {0}", told) if told and named is None else "")
        if named is not None:
            named.take_focus()

    def focus_first(self) -> None:
        """Into the first line."""
        self._fields[0].take_focus()

    def _secret(self) -> Iterator[FormField]:
        return (one for one in self._fields if one.field.secret)


def _explained(field: Field) -> str:
    """What belongs there; of a few choices, which; of a secret, whether it is known."""
    choices = said("one of {0}", ", ".join(field.choices)) if field.choices else ""
    known = said("stored; left empty it stays as it is") if field.stored else ""
    return sentences([word(field.help), choices, known])
