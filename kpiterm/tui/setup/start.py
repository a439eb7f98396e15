"""What to look at first; later, the place from which each part of the set-up is reached again."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from kpiterm.i18n import N_
from kpiterm.tui.setup.choices import Choice, Choices
from kpiterm.tui.setup.step import Step

_FIRST: tuple[Choice, ...] = (
    ("connector", N_("Connect a shop"), N_("Amazon, Walmart, Shopify and others, with credentials of their APIs.")),
    ("files", N_("Load files that I have downloaded"),
     N_("Reports of Seller Central, the Ads console and others, without any credentials. Later: kpiterm import FILE…")),
    ("demo", N_("Look at the demo"), N_("A simulated shop on this machine, nothing to set up. Later: kpiterm demo")),
)  # fmt: skip
_MORE: tuple[Choice, ...] = (
    ("contract", N_("Write a contract from a template"), N_("Targets and weights of the board, and the fee.")),
    ("last", N_("Sync on a schedule, and where the files are"), N_("The line for cron.")),
)
_LEAVE: Choice = (
    "leave",
    N_("Only the board"),
    N_("You will not be asked again. Later: kpiterm init --guided, or ctrl+p, Set up"),
)


class StartStep(Step):
    """With an account, also what else there is to set up."""

    HEADING = N_("What would you like to look at first?")

    def body(self) -> Iterable[Widget]:
        more = _MORE if self.notes.account else ()
        language: Choice = ("language", "Language · 语言", "English / 中文")
        yield Choices((*_FIRST, *more, language, _LEAVE))

    def do_demo(self) -> None:
        """Close the screen; the demo opens its own."""
        self.desk.demo()
        self.app.exit()
