"""Where a cockpit wants something else than Textual does for every program."""

from __future__ import annotations

from textual.app import App

INSTANT = 0.002
"""Seconds for which a change of screens is hidden; Textual's 50 ms are felt at every key."""


class BaseApp(App[None]):
    """It changes screens at once, builds them before they are asked for, and breaks without showing what it holds."""

    def delay_update(self, delay: float = INSTANT) -> None:
        super().delay_update(delay)

    async def build(self, mode: str) -> None:
        """Have the screen of a mode ready, which else is built when it is opened first."""
        await self._init_mode(mode)

    def _fatal_error(self) -> None:
        """Textual's own prints the values in every frame, among which there may be a secret that is being entered."""
        from rich.segment import Segments
        from rich.traceback import Traceback  # takes longer to load than the board to paint, and is rarely needed

        trace = Traceback(width=None, show_locals=False)
        self._exit_renderables.append(Segments(self.console.render(trace, self.console.options)))
        self._close_messages_no_wait()
