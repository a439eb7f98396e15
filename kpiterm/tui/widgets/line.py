"""A line to type into, in which keys act in the order in which they came."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.widgets import Input


class Line(Input):
    """On a slow line many keys come at once. Textual's own line takes the letters among them first and the others, such
    as backspace and enter, when it is done with those; here each waits for the one before it.

    `entered` is called on enter; where it moves the focus, the keys after it go there, and where it closes the box,
    nowhere. What is pasted becomes one line.
    """

    entered: Callable[[], object] | None = None

    async def _on_key(self, event: events.Key) -> None:
        focused = self.screen.focused
        if not self.screen.is_current or focused is not self:
            event.stop()
            event.prevent_default()
            if focused is not None and focused is not self:
                focused._forward_event(events.Key(event.key, event.character))
            return
        if self.entered is not None and event.key in {"tab", "shift+tab"}:
            event.stop()
            event.prevent_default()
            _ = self.screen.focus_next() if event.key == "tab" else self.screen.focus_previous()
            return
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()

    async def action_submit(self) -> None:
        """At once, where somebody waits for it."""
        if self.entered is None:
            await super().action_submit()
        else:
            self.entered()

    def on_paste(self, event: events.Paste) -> None:
        """Lines become words of one line, without blanks around them."""
        event.prevent_default()
        event.stop()
        self.replace(self.one_line(event.text), *self.selection)

    def one_line(self, text: str) -> str:
        """What of a pasted text stands in the line."""
        return " ".join(text.split())
