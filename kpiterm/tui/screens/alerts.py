"""The alerts: open, about to open, lately over, and what could not be sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpiterm.analysis.format import format_target, format_value
from kpiterm.analysis.pages.alerts import AlertRow, AlertsPage
from kpiterm.tui.contract_text import Parts, remark, row, section
from kpiterm.tui.draw import moment
from kpiterm.tui.headless import Table
from kpiterm.tui.messages import PageKey
from kpiterm.tui.screens.list_page import ListPage
from kpiterm.tui.widgets.row_list import Row

SEVERITIES = {
    "critical": ("✗", "critical", "bold $error"),
    "warning": ("!", "warning", "bold $warning"),
    "info": ("–", "info", "$text-muted"),
}


class AlertsScreen(ListPage):
    """As one evaluation sees them now; nothing is remembered or sent by looking."""

    READING = "evaluating the rules…"

    def page_key(self) -> PageKey | None:
        return ("alerts",)

    def rows(self, content: object) -> Sequence[Row]:
        if not isinstance(content, AlertsPage):
            return ()
        quiet = f"nothing: {content.rules} rules were evaluated"
        return [
            *section("open", map(_row, content.open), quiet)[1:],
            *section("about to open", map(_row, content.pending)),
            *section("lately over", map(_row, content.over), "none that is still remembered"),
            *section("to be sent", _waiting(content), "nothing waits"),
        ]

    def table(self) -> Table | None:
        content = self.state.content
        if not isinstance(content, AlertsPage):
            return None
        found = (*content.open, *content.pending, *content.over)
        rows = [
            (
                one.severity,
                one.situation.kpi,
                one.situation.channel,
                one.status,
                ", ".join(one.reasons),
                moment(one.since),
            )
            for one in found
        ]
        return Table("alerts", ("severity", "kpi", "channel", "status", "reasons", "since"), rows)


def _row(one: AlertRow) -> Row:
    symbol, word, style = SEVERITIES[one.severity]
    about = one.situation
    value = format_value(about.value, about.unit, about.currency)
    target = f" {format_target(about.target, about.unit, about.currency)}" if about.target else ""
    since = f"since {moment(one.since)}" if one.since else one.status
    parts: Parts = [
        (f"{symbol} {word}", 12, style, False), (one.name, 24, "bold", False), (about.channel, 13, "", False),
        (f"{value}{target}", 18, "", False), (", ".join(one.reasons), 0, "", False),
    ]  # fmt: skip
    told = f"{one.name} on {about.channel}: {', '.join(one.reasons)}; {value}{target}; {one.status or 'over'}, {since}"
    heard = f"; told {moment(one.told)}" if one.told else "; nobody was told yet"
    return row(f"{about.kpi}@{about.channel}", parts, told + heard)


def _waiting(page: AlertsPage) -> Iterator[Row]:
    for name, count in page.waiting.items():
        since = page.failing.get(name)
        why = (
            f"does not take what it is sent, told {moment(since)}: kpiterm notify test {name}"
            if since
            else "until its quiet hours are over"
        )
        yield row(f"channel {name}", [(name, 20, "", False), (f"{count} waiting, {why}", 0, "", False)])
    if not page.waiting and page.failing:
        yield remark("channels that failed: " + ", ".join(page.failing))
