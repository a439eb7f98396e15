"""`kpiterm workspaces`: every client of this home on one line, the gravest first."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kpiterm.analysis.format import plain
from kpiterm.analysis.pages.clients import failing_text, missed_text
from kpiterm.cli import output
from kpiterm.cli.workspaces import FIRST, Workspaces
from kpiterm.errors import BREACH, OK, PARTIAL, ConfigError, UsageError
from kpiterm.i18n import N_, Translate, said, teller

if TYPE_CHECKING:
    from datetime import datetime

    from kpiterm.analysis.pages.clients import Client, ClientsPage, Missed
    from kpiterm.cli.session import Session

_STANDINGS = {
    "fault": ("✗", N_("fault"), "breach"),
    "breach": ("✗", N_("breach"), "breach"),
    "watch": ("!", N_("watch"), "watch"),
    "ok": ("✓", N_("ok"), "ok"),
    "no_data": ("–", N_("no data"), ""),
    "not_computed": ("–", N_("not computed"), ""),
    "never_synced": ("–", N_("never synced"), ""),
}
_LEVELS = {"critical": ("✗", "breach"), "warning": ("!", "watch"), "info": ("–", "")}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fail-on-breach", action="store_true", help="exit 9 when a KPI of any client is in breach")


def run(args: argparse.Namespace, session: Session) -> int:
    if session.as_of is not None:
        raise UsageError(
            "the list of clients shows what each one's last sync came to, not an earlier moment",
            hint=f"kpiterm --workspace NAME --as-of {session.as_of:%Y-%m-%dT%H:%MZ} status",
        )
    page = Workspaces(session).page()
    if session.json:
        output.answer(_document(page, session))
    else:
        _show(page, _language(session))
    if any(client.standing == "fault" for client in page.clients):
        return PARTIAL
    return BREACH if args.fail_on_breach and any(c.standing == "breach" for c in page.clients) else OK


def _language(session: Session) -> str:
    """That of the default workspace, which may have a fault of its own."""
    try:
        return session.lang or session.config().language
    except ConfigError:
        return "en"


def _show(page: ClientsPage, language: str) -> None:
    _ = teller(language)
    clients = page.sorted()
    if not clients:
        output.line(_(said("no client yet; this makes the first one: {0}", FIRST)))
        return
    header = _("state"), _("client"), _("gravest KPI"), _("data to"), _("as of"), _("alerts"), _("next deadline")
    output.table(header, [_row(client, language, _) for client in clients])
    for client in clients:
        for text, hint in _troubles(client, page.now):
            output.line(f"{client.name}: {_(text)}")
            if hint:
                output.line(f"  → {hint}")


def _row(client: Client, language: str, _: Translate) -> tuple[str, ...]:
    symbol, word, style = _STANDINGS[client.standing]
    count = f"{client.counts[client.standing]} " if client.standing in ("breach", "watch") else ""
    alerts = [
        output.paint(f"{s} {client.alerts[level]}", c) for level, (s, c) in _LEVELS.items() if client.alerts.get(level)
    ]
    return (
        output.paint(f"{symbol} {count}{_(word)}", style),
        client.name,
        missed_text(client.missed, language) if client.missed else "",
        f"{client.through or ''}",
        f"{client.computed:%Y-%m-%d %H:%MZ}" if client.computed else "",
        "  ".join(alerts),
        f"{client.due.day} {_(client.due.title)}" if client.due else "",
    )


def _troubles(client: Client, now: datetime) -> Iterator[tuple[str, str]]:
    """What keeps figures away or makes them old, each with its remedy."""
    if client.why:
        yield client.why, client.hint
    if client.failing:
        yield failing_text(client), f"kpiterm --workspace {client.name} runs"
    if client.stale(now) and not client.syncing:
        yield said("last sync {0}", f"{client.synced:%Y-%m-%d %H:%MZ}"), f"kpiterm --workspace {client.name} sync"


def _document(page: ClientsPage, session: Session) -> dict[str, object]:
    return {
        "home": str(session.paths.home),
        "as_of": _moment(page.now),
        "workspaces": [_entry(client, page.now) for client in page.sorted()],
    }


def _entry(client: Client, now: datetime) -> dict[str, object]:
    levels: Sequence[str] = tuple(_LEVELS)
    return {
        "name": client.name,
        "state": client.standing,
        "reason": client.why or None,
        "hint": client.hint or None,
        "kpis": {state: client.counts.get(state, 0) for state in ("breach", "watch", "ok", "no_data")}
        if client.counts else None,
        "gravest": _gravest(client.missed) if client.missed else None,
        "data_through": client.through and f"{client.through}",
        "computed_at": _moment(client.computed),
        "last_sync": _moment(client.synced),
        "stale": client.stale(now),
        "syncing": client.syncing,
        "failing": [{"account": f.account, "status": f.status, "error": f.error or None} for f in client.failing],
        "alerts": {level: client.alerts.get(level, 0) for level in levels},
        "next_deadline": {"day": f"{client.due.day}", "title": client.due.title} if client.due else None,
    }  # fmt: skip


def _gravest(missed: Missed) -> dict[str, object]:
    target = missed.target
    return {
        "id": missed.id,
        "name": missed.name,
        "channel": missed.channel,
        "value": None if missed.value is None else plain(round(missed.value, 6)),
        "unit": missed.unit,
        "currency": missed.currency,
        "target": {"op": target.op, "value": plain(target.value)} if target else None,
        "weight": None if missed.weight is None else plain(missed.weight),
    }


def _moment(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None
