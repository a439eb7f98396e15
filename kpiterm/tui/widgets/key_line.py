"""The last line: the keys that do something here."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from kpiterm.tui.tongue import _


class KeyLine(Widget):
    """The screen's shown bindings on one line; a click presses the key."""

    DEFAULT_CSS = """
    KeyLine { height: 1; dock: bottom; background: $panel; padding: 0 1; text-wrap: nowrap; text-overflow: clip;
        link-style: none; link-color: $foreground; link-style-hover: none; link-color-hover: $foreground;
        link-background-hover: $panel; }
    """

    keys: reactive[tuple[tuple[str, str, str], ...]] = reactive(())

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._read, immediate=True)

    def _read(self, screen: Screen[object]) -> None:
        shown = [active.binding for active in screen.active_bindings.values() if active.enabled and active.binding.show]
        first = {binding.action: binding for binding in reversed(shown)}
        self.keys = tuple(
            (self.app.get_key_display(binding), binding.description, binding.key)
            for binding in shown
            if first[binding.action] is binding
        )

    def retell(self) -> None:
        self.refresh()

    def render(self) -> Content:
        parts = [self._key(*key) for key in self.keys]
        if Content("  ").join(parts).cell_length > self.size.width:
            parts = self._together()
        # Help and quit come last, and are what a narrow terminal must not lose.
        while len(parts) > 2 and Content("  ").join(parts).cell_length > self.size.width:
            parts.pop(-3)
        return Content("  ").join(parts)

    def _together(self) -> list[Content]:
        """The keys with those of the screens as one."""
        digits = [key for key in self.keys if key[2].isdigit()]
        first = next((place for place, key in enumerate(self.keys) if key[2].isdigit()), 0)
        parts = [self._key(*key) for key in self.keys if not key[2].isdigit()]
        if digits:
            screens = Content.assemble((f"{digits[0][0]}–{digits[-1][0]}", "bold"), " " + _("Screens"))
            parts.insert(first, screens)
        return parts

    def _key(self, display: str, description: str, key: str) -> Content:
        click = f"@click=app.simulate_key('{key}')"
        return Content.from_markup(f"[{click}][b $primary]{display}[/] $text[/]", text=_(description))
