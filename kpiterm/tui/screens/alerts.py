"""The alerts: open, acknowledged, about to open, what could not be sent, and what became of earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from kpiterm.analysis.pages.alerts import AlertRow, AlertsPage
from kpiterm.i18n import N_, said
from kpiterm.tui import alert_text
from kpiterm.tui.headless import Outcome, Table
from kpiterm.tui.messages import PageKey
from kpiterm.tui.screens.ask import AskScreen, Field
from kpiterm.tui.screens.list_page import ListPage
from kpiterm.tui.widgets.row_list import Row, RowList

NOTE = Field("note", N_("what you found, or what is being done; may stay empty"), optional=True)


class AlertsScreen(ListPage):
    """As one evaluation sees them now; nothing is remembered or sent by looking."""

    READING = N_("evaluating the rules…")
    OWN: ClassVar[list[Binding]] = [
        Binding("a", "acknowledge", N_("Acknowledge"), tooltip=N_("take the chosen alert on: channels are left alone")),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*OWN]

    def page_key(self) -> PageKey | None:
        return ("alerts",)

    def rows(self, content: object) -> Sequence[Row]:
        return alert_text.rows(content) if isinstance(content, AlertsPage) else ()

    @property
    def alert(self) -> AlertRow | None:
        """The open alert under the cursor, taken on or not."""
        row, content = self.query_one(RowList).row, self.state.content
        if row is None or not isinstance(content, AlertsPage):
            return None
        return next((one for one in (*content.open, *content.acknowledged) if one.id == row.key), None)

    def action_acknowledge(self) -> None:
        """By the command that a person could type, with a note if they have one."""
        alert = self.alert
        if alert is None:
            self.said = Outcome(False, said("only an open alert can be acknowledged: choose one"))
            return

        def enter(values: tuple[str, ...] | None) -> None:
            if values is not None:
                note = [f"--note={value}" for value in values if value]
                self.post_message(self.Act("alerts", "ack", *note, "--", alert.id))

        title = said("acknowledge: {0} on {1}", alert.name, alert.situation.channel)
        self.app.push_screen(AskScreen(title, (NOTE,)), enter)

    def table(self) -> Table | None:
        content = self.state.content
        if not isinstance(content, AlertsPage):
            return None
        found = (*content.open, *content.acknowledged, *content.pending)
        rows = [
            (one.severity, one.situation.kpi, one.situation.channel, one.status, ", ".join(one.reasons),
             f"{one.since or ''}", one.id, one.acknowledged.by if one.acknowledged else "",
             one.acknowledged.note if one.acknowledged else "")
            for one in found
        ]  # fmt: skip
        header = ("severity", "kpi", "channel", "status", "reasons", "since", "id", "acknowledged_by", "note")
        return Table("alerts", header, rows)
