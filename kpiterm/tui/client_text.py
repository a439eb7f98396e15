"""The clients as rows of a list, and one of them in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from textual.content import Content

from kpiterm.analysis.pages.clients import Client, ClientsPage, failing_text, missed_text
from kpiterm.i18n import N_, listing, said, sentences
from kpiterm.tui.draw import STATES, age, cell, clean, fit
from kpiterm.tui.figures import compact_value, count, day, format_target, format_value, moment
from kpiterm.tui.tongue import _, spoken
from kpiterm.tui.widgets.row_list import Row

MUTED = "$text-muted"
STANDINGS: Mapping[str, tuple[str, str, str]] = {
    "fault": ("✗", N_("fault"), "bold $error"),
    **dict[str, tuple[str, str, str]](STATES.items()),
    "not_computed": ("–", N_("not computed"), MUTED),
    "never_synced": ("–", N_("never synced"), MUTED),
}
LEVELS = (("critical", "✗", "bold $error"), ("warning", "!", "bold $warning"), ("info", "–", MUTED))
HEADER = (
    "client", "state", "breach", "watch", "gravest", "channel", "value", "target", "data_through", "computed_at",
    "last_sync", "failing", "critical", "warning", "info", "next_deadline", "deadline", "reason",
)  # fmt: skip


def rows(page: ClientsPage, by: str, now: datetime) -> list[Row]:
    """A row for each client, in this order."""
    return [Row(partial(_drawn, client, now), client.name, in_words(client, now)) for client in page.sorted(by)]


def told(page: ClientsPage, by: str, width: int) -> Content:
    """How many stand how."""
    counts = {state: sum(client.standing == state for client in page.clients) for state in STANDINGS}
    known = [(counts[state], *look) for state, look in STANDINGS.items() if counts[state]]
    signs = [Content.styled(f"{symbol} {count} {_(word)}", style) for count, symbol, word, style in known]
    number, order = count(len(page.clients), N_("{0} client"), N_("{0} clients")), _(said("sorted by {0}", _(by)))
    return Content("  ").join([Content(number), Content.styled(order, MUTED), *signs]).truncate(width, ellipsis=True)


def head(width: int) -> Content:
    """The names of the columns."""
    names = ("", _("client"), _("gravest KPI"), _("data to"), _("synced"), _("alerts"), _("next deadline"))
    return _line([(name, MUTED) for name in names], width)


def _drawn(client: Client, now: datetime, width: int) -> Content:
    through, short = day(client.through) if client.through else "", width < 100
    gravest, sync = _gravest(client, short=width < 90), _sync(client, now, short=short)
    if width < 60 and not gravest[0]:
        gravest = sync
    texts = (
        state(client),
        (client.name, "bold"),
        gravest,
        (through, ""),
        sync,
        _alerts(client, short=short),
        _due(client),
    )
    return _line(texts, width)


def _line(texts: Sequence[tuple[str, str]], width: int) -> Content:
    """The columns that fit, each with a blank behind it."""
    widths = _widths(width)
    rest = max(width - sum(widths), 2)
    parts = [(text, cells or rest, style) for (text, style), cells in zip(texts, widths, strict=False)]
    return Content("").join(cell(fit(text, cells - 1), cells, style) for text, cells, style in parts).truncate(width)


def _widths(width: int) -> tuple[int, ...]:
    """Cells of the columns from the left; 0 takes the rest."""
    if width < 60:
        return 15, 15, 0
    if width < 100:
        return 15, 15, 0, 9, 13, 7
    return (16, 22, 0, 9, 26, 11, 26) if width >= 130 else (15, 17, 0, 9, 18, 8, 18)


def state(client: Client) -> tuple[str, str]:
    """`✗ 3 breach` and its style: symbol and word, and how many KPIs."""
    symbol, word, style = STANDINGS[client.standing]
    number = f"{client.counts[client.standing]} " if client.standing in ("breach", "watch") else ""
    return f"{symbol} {number}{_(word)}", style


def _gravest(client: Client, *, short: bool) -> tuple[str, str]:
    """Where there is little room the value comes first, which must not be cut. What is not computed is told in full
    under the rows."""
    if client.standing == "not_computed":
        return "", ""
    if client.why:
        return _(client.why), MUTED if client.standing != "fault" else "$error"
    missed = client.missed
    if missed is None:
        return "", ""
    if short:
        return f"{compact_value(missed.value, missed.unit, missed.currency)} {_(missed.name)}", ""
    return missed_text(missed, spoken()), ""


def _sync(client: Client, now: datetime, *, short: bool) -> tuple[str, str]:
    if client.syncing:
        return "▸ " + _("syncing"), "bold $primary"
    if client.failing:
        names = "" if short else f": {', '.join(failing.account for failing in client.failing)}"
        return "✗ " + _("failing") + names, "bold $error"
    if client.synced is None:
        return "", ""
    when = age(client.synced, now)
    return (f"! {when}", "bold $warning") if client.stale(now) else (when, "")


def _alerts(client: Client, *, short: bool) -> tuple[str, str]:
    """Those of each severity; where there is little room only the gravest."""
    found = [(f"{symbol} {client.alerts[level]}", style) for level, symbol, style in LEVELS if client.alerts.get(level)]
    return (" ".join(text for text, _style in found[: 1 if short else None]), found[0][1]) if found else ("", "")


def _due(client: Client) -> tuple[str, str]:
    return (f"{day(client.due.day)} {_(client.due.title)}", "") if client.due else ("", "")


def in_words(client: Client, now: datetime) -> str:
    """All that is known of a client, and what to do where something is wrong."""
    parts = [_(part) for part in (_standing(client), _figure(client), _fresh(client, now)) if part]
    parts += [_failures(client)] if client.failing else []
    if number := sum(client.alerts.values()):
        parts.append(count(number, N_("{0} alert open"), N_("{0} alerts open")))
    if client.due:
        parts.append(_(said("next: {0} {1}", day(client.due.day), _(client.due.title))))
    text = _(said("{0}: {1}", client.name, _(sentences(parts))))
    return f"{text} → {_remedy(client, now)}" if _remedy(client, now) else text


def _standing(client: Client) -> str:
    if client.why:
        return listing([_(STANDINGS[client.standing][1]), _(client.why)])
    counted = [
        f"{client.counts[name]} {_(word)}" for name, (_sign, word, _style) in STATES.items() if client.counts.get(name)
    ]
    return ", ".join(counted)


def _figure(client: Client) -> str:
    missed = client.missed
    if missed is None:
        return ""
    value = format_value(missed.value, missed.unit, missed.currency)
    target = format_target(missed.target, missed.unit, missed.currency)
    place = "" if missed.channel == "all" else f" · {missed.channel}"
    return listing([f"{_(missed.name)}{place} {value}", said("target {0}", target)])


def _fresh(client: Client, now: datetime) -> str:
    if client.computed is None:
        return ""
    reach = day(client.through) if client.through else "–"
    told = said("data to {0}, figures as of {1} UTC", reach, moment(client.computed))
    return listing([told, said("synced {0}", age(client.synced, now)) if client.synced else ""])


def _failures(client: Client) -> str:
    errors = "; ".join(clean(failing.error) for failing in client.failing if failing.error)
    told = _(failing_text(client))
    return f"{told} ({errors})" if errors else told


def _remedy(client: Client, now: datetime) -> str:
    if client.hint:
        return _(client.hint)
    if client.failing:
        return f"kpiterm --workspace {client.name} runs"
    return f"kpiterm --workspace {client.name} sync" if client.stale(now) and not client.syncing else ""


def cells(client: Client) -> tuple[str, ...]:
    """A line of the table that `e` writes: plain digits, in UTC."""
    missed, target = client.missed, client.missed.target if client.missed else None
    found = (
        client.name, client.standing, client.counts.get("breach"), client.counts.get("watch"),
        missed and missed.id, missed and missed.channel, missed and missed.value,
        f"{target.op} {target.value}" if target else None, client.through, client.computed, client.synced,
        " ".join(failing.account for failing in client.failing),
        *(client.alerts.get(level) for level, *_look in LEVELS),
        client.due and client.due.day, client.due and client.due.title, client.why,
    )  # fmt: skip
    return tuple("" if value is None else str(value) for value in found)
