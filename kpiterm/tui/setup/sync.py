"""The first sync, which goes on beside everything else."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from kpiterm.i18n import N_
from kpiterm.tui.setup.choices import Choices
from kpiterm.tui.setup.step import Step


class SyncStep(Step):
    """Started here, seen in the line at the bottom and on the board."""

    HEADING = N_("First sync")
    TEXT = N_(
        "The first one takes minutes or hours: it reads up to a year of orders, as fast as the platform allows. "
        "It goes on while you continue here or look at the board. If it is broken off, the next one takes it up."
    )

    def body(self) -> Iterable[Widget]:
        yield Choices(
            (
                ("begin", N_("Start it now"), ""),
                ("contract", N_("Not now"), N_("On the board, s starts it; in a shell: kpiterm sync")),
                ("test", N_("Back"), ""),
            )
        )

    def do_begin(self) -> None:
        """As the key s on the board."""
        self.run_worker(self._begin(), exclusive=True)

    async def _begin(self) -> None:
        await self.app.run_action("app.sync")
        self.post_message(self.Go("contract"))
