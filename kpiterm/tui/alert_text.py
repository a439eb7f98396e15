"""Alerts as rows: those that are open, what people said of them, and what became of earlier ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.content import Content

from kpiterm.analysis.alerts.rules import Severity
from kpiterm.analysis.alerts.state import Acknowledged, Situation
from kpiterm.analysis.pages.alerts import AlertRow, AlertsPage, PastRow
from kpiterm.i18n import N_, listing, recalled, said, sentences
from kpiterm.tui.contract_text import Parts, columns, remark, row, section
from kpiterm.tui.draw import fit
from kpiterm.tui.figures import day_and_year, format_target, format_value, moment
from kpiterm.tui.gauge_text import channel_name
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.row_list import Row

MUTED = "$text-muted"
SEVERITIES: dict[Severity, tuple[str, str, str]] = {
    "critical": ("✗", N_("critical"), "bold $error"),
    "warning": ("!", N_("warning"), "bold $warning"),
    "info": ("–", N_("info"), MUTED),
}
EVENTS = {
    "opened": N_("began"),
    "worse": N_("got worse"),
    "acknowledged": N_("acknowledged"),
    "over": N_("ended"),
}


def rows(page: AlertsPage) -> list[Row]:
    """All sections; what nobody has taken on comes first."""
    quiet = _(said("nothing: {0} rules were evaluated", page.rules))
    return [
        *section(_("open alerts"), map(_open, page.open), quiet)[1:],
        *section(_("acknowledged"), map(_taken, page.acknowledged), _("none")),
        *section(_("about to open"), map(_open, page.pending), _("none")),
        *section(_("to be sent"), _waiting(page), _("nothing waits")),
        *section(_("history, the newest first"), map(_past, page.history), _("no alert has opened yet")),
    ]


def _open(one: AlertRow) -> Row:
    about = one.situation
    head = _head(one.severity, _(one.name), about.channel)
    return _row(one.id, (), head, f"{fit(_figure(about), 18)} {_why(one.reasons)}", _in_full(one))


def _taken(one: AlertRow) -> Row:
    """Who has taken it on, and what they said, in place of the figure."""
    head = _head(one.severity, _(one.name), one.situation.channel)
    return _row(one.id, (), head, _by(one.acknowledged), _in_full(one))


def _past(one: PastRow) -> Row:
    past = one.past
    event, why = _(EVENTS[past.event]), _why(past.reasons)
    said_so = " · ".join(part for part in (past.by, past.note) if part)
    before: Parts = [(moment(past.at), 13, MUTED, False), (event, 14, "", False)]
    told = sentences((said("{0} on {1}: {2}", one.name, past.channel, why), past.by, past.note))
    copied = f"{moment(past.at)} {event}: {_(told)}"
    head = _head(past.severity, _(one.name), past.channel)
    return _row(f"{past.at} {past.event} {past.id}", before, head, said_so or why, copied)


def _head(severity: Severity, name: str, channel: str) -> Parts:
    symbol, word, style = SEVERITIES[severity]
    where = f" {channel_name(channel)}"
    return [(f"{symbol} {_(word)}", 12, style, False), (name, 24, "bold", False), (where, 13, "", False)]


def _row(key: str, before: Parts, head: Parts, rest: str, copied: str) -> Row:
    """In columns; on a narrow terminal a shorter name, and no channel, which the row in full tells as well."""
    severity, (name, _cells, style, right), channel = head
    short: Parts = [severity, (name, 18, style, right)]
    tail = (rest, 0, "", False)

    def draw(width: int) -> Content:
        room = width - sum(cells for _text, cells, *_style in before)
        shown = head if room >= 76 else [*short, channel] if room >= 64 else short
        return columns([*before, *shown, tail], width)

    return Row(draw, key, copied)


def _figure(about: Situation) -> str:
    target = f" {format_target(about.target, about.unit, about.currency)}" if about.target else ""
    return format_value(about.value, about.unit, about.currency) + target


def _why(reasons: Iterable[str]) -> str:
    return _(listing(recalled(reason) for reason in reasons))


def _in_full(one: AlertRow) -> str:
    """Everything that is known, in one line."""
    since = said("since {0}", moment(one.since)) if one.since else _(recalled(one.status))
    told = said("told {0}", moment(one.told)) if one.told else said("nobody was told yet")
    head = said("{0} on {1}: {2}", one.name, channel_name(one.situation.channel), _why(one.reasons))
    return f"{_(sentences((head, _figure(one.situation), since, told, _by(one.acknowledged))))} ({one.id})"


def _by(given: Acknowledged | None) -> str:
    """`ann, 21 Nov 06:30: sent to the supplier; until 30 Nov 2026`."""
    if given is None:
        return ""
    who = f"{given.by}, {moment(given.at)}{f': {given.note}' if given.note else ''}"
    return _(sentences((who, said("until {0}", day_and_year(given.until)) if given.until else "")))


def _waiting(page: AlertsPage) -> Iterator[Row]:
    for name, count in page.waiting.items():
        since = page.failing.get(name)
        why = (
            said("{0} waiting, does not take what it is sent, told {1}: {2}", count, moment(since),
                 f"kpiterm notify test {name}")
            if since
            else said("{0} waiting until its quiet hours are over", count)
        )  # fmt: skip
        yield row(f"channel {name}", [(name, 20, "", False), (_(why), 0, "", False)])
    if not page.waiting and page.failing:
        yield remark(_(said("channels that failed: {0}", ", ".join(page.failing))))
