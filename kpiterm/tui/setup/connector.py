"""Which connector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from kpiterm.i18n import N_, listing, said, word
from kpiterm.tui.setup.beside import beside
from kpiterm.tui.setup.choices import Choice, Choices
from kpiterm.tui.setup.desk import Fault, Offer
from kpiterm.tui.setup.step import Step
from kpiterm.tui.widgets.phrase import Phrase

SHOWN = 5
"""How many of the things that a connector fetches are named."""

_BACK: Choice = ("start", N_("Back"), N_("Load files instead, look at the demo, or leave the set-up for good."))


class ConnectorStep(Step):
    """Those that are installed, with what they fetch."""

    HEADING = N_("Which shop or tool?")

    def body(self) -> Iterable[Widget]:
        yield Phrase(N_("looking for connectors…"), "$text-muted", id="told")
        yield Choices([_BACK])

    def on_mount(self) -> None:
        self.run_worker(self._look(), exclusive=True)

    async def _look(self) -> None:
        offers = await beside(self.desk.offers)
        told, choices = self.query_one("#told", Phrase), self.query_one(Choices)
        if isinstance(offers, Fault):
            told.tell(said("✗ {0}; {1}", offers.text, offers.hint))
            return
        told.display = False
        choices.show([*_choices(offers), _BACK])
        choices.start_at(f"+{self.notes.connector or offers[0].name}")

    def pick(self, name: str) -> None:
        if not name.startswith("+"):
            super().pick(name)
            return
        self.notes.connector, self.notes.account = name.removeprefix("+"), ""
        self.post_message(self.Go("account"))


def _choices(offers: Sequence[Offer]) -> list[Choice]:
    """A connector may have the name of a step; so each has a sign before it."""
    return [(f"+{offer.name}", offer.title, _fetches(offer)) for offer in offers]


def _fetches(offer: Offer) -> str:
    first = listing(map(word, offer.fetches[:SHOWN]))
    more = len(offer.fetches) - SHOWN
    return said("{0} reads: {1}", offer.title, said("{0} and {1} more", first, more) if more > 0 else first)
