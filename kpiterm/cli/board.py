"""The board for the commands: computed from the snapshot, or, for the default period, read from state.json."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kpiterm.analysis.format import format_change, format_target, format_value
from kpiterm.analysis.view import headlines
from kpiterm.analysis.view_json import state_document, to_json, view_from_json
from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.errors import ConfigError, KpitermError
from kpiterm.i18n import N_, Translate, said

if TYPE_CHECKING:
    import duckdb

    from kpiterm.analysis.cause.result import By, Cause
    from kpiterm.analysis.contract.terms import Agreement
    from kpiterm.analysis.kpi.definition import Definition
    from kpiterm.analysis.kpi.frame import Question
    from kpiterm.analysis.reader import Reader
    from kpiterm.analysis.view import Gauge, View
    from kpiterm.plugins.manager import Plugins, PluginStatus

_SYMBOLS = {"ok": "✓", "watch": "!", "breach": "✗", "no_data": "–"}
_TOLD = "settles", "kpi_files", "zones"
_STATES = {"ok": N_("ok"), "watch": N_("watch"), "breach": N_("breach"), "no_data": N_("no data")}
WORDS = (
    N_("provisional"), N_("settling"), N_("skipped"), N_("failed"), N_("never"), N_("entered"), N_("proven"),
    N_("not proven"), N_("built in"),
)  # fmt: skip
"""How sure a value is, how an account's last sync ended, and where values and definitions come from."""


def compute(session: Session, period: str | None) -> View:
    """The board from the current snapshot, or from the one that `--as-of` asks for."""
    from kpiterm.analysis.board import build_view

    with session.reader() as reader:
        return build_view(reader, workspace=session.paths.workspace, **_asked(session, period))


def sql(session: Session, kpi: str, period: str | None, channel: str | None) -> str:
    """The statement behind a KPI's gauge."""
    from kpiterm.analysis.board import ask
    from kpiterm.analysis.kpi.gauges import statement

    with session.reader() as reader:
        return statement(ask(reader, **_asked(session, period)), kpi, channel).printable()


def cause(session: Session, kpi: str, period: str | None, *, by: By | None, channel: str | None, top: int) -> Cause:
    """Why a KPI changed."""
    from kpiterm.analysis.board import ask
    from kpiterm.analysis.cause.explain import explain

    with session.reader() as reader:
        return explain(ask(reader, **_asked(session, period)), kpi, by=by, channel=channel, top=top)


def asked(session: Session, reader: Reader) -> Question:
    """The board of the default period as a question, for those who want less than all of it."""
    from kpiterm.analysis.board import ask

    return ask(reader, **_asked(session, None))


def _asked(session: Session, period: str | None) -> dict[str, Any]:
    from kpiterm.analysis.contract.terms import load_terms
    from kpiterm.analysis.kpi.fx import load_rates

    config = replace(session.config(), timezone=session.shop_zone())  # what cuts days, not what a person reads
    return {
        "config": replace(config, language=session.lang) if session.lang else config,  # type: ignore[arg-type]
        "accounts": session.accounts(),
        "period": period,
        "now": session.now(),
        "settles": {source: timedelta(seconds=n) for source, n in _told(session)["settles"].items()},
        "catalogue": catalogue(session),
        "terms": load_terms(session.paths.contracts),
        "rates": load_rates(session.paths.rates),
    }


def catalogue(session: Session) -> Mapping[str, Definition]:
    """All KPI definitions in force in this workspace. A plugin's file with a fault is left out and told of."""
    from kpiterm.analysis.kpi.catalogue import load_catalogue, readable

    told: dict[str, list[str]] = _told(session)["kpi_files"]
    plugin_of = {Path(path): name for name, paths in told.items() for path in paths if Path(path).exists()}
    files, faults = readable(plugin_of)
    for file, fault in faults.items():
        _tell(f"kpiterm: plugin {plugin_of[file]}: its KPIs are left out: {fault.message}\n  → {fault.hint}")
    return load_catalogue(session.paths.kpis, files)


@cache
def _tell(text: str) -> None:
    """Once in a command, however often it asks for the catalogue."""
    output.note(text)


def plugin_statuses(session: Session) -> list[PluginStatus]:
    """All plugins; of one that works but for its KPIs, what is wrong with these."""
    from kpiterm.analysis.kpi.catalogue import readable

    plugins = session.plugins()
    _, faults = readable(plugins.kpi_files)
    found = []
    for status in plugins.statuses:
        wrong = next((faults[file] for file in status.kpi_files if file in faults), None)
        if wrong:
            status = replace(status, error=f"its KPIs are left out: {wrong.message}", hint=wrong.hint)
        found.append(status)
    return found


def daily_sums(session: Session) -> Callable[[duckdb.DuckDBPyConnection], None]:
    """What keeps the daily sums of this workspace's KPIs. Without a readable catalogue they stay as they are: the board
    then reads the rows, and says what is wrong with the files."""

    def refresh_all(con: duckdb.DuckDBPyConnection) -> None:
        from kpiterm.sync.rollups import refresh

        try:
            known, zone = catalogue(session), session.shop_zone()
        except ConfigError:
            return
        refresh(con, known.values(), zone)

    return refresh_all


def targets_today(session: Session) -> dict[str, Agreement]:
    """What the contracts in force today agree on."""
    from kpiterm.analysis.contract.terms import load_terms, terms_in_force

    return terms_in_force(load_terms(session.paths.contracts), session.now().date())


def remember_plugins(session: Session, plugins: Plugins) -> None:
    """Keep what the board needs of the plugins, so that looking at it never imports one."""
    from kpiterm.paths import private_dir
    from kpiterm.store.snapshot import point_to

    told = {
        "settles": {
            f"{connector.name}.{stream.name}": int(stream.settles.total_seconds())
            for connector in plugins.connectors.values()
            for stream in connector.streams
        },
        "kpi_files": {s.name: list(map(str, s.kpi_files)) for s in plugins.statuses if s.state == "ok"},
        "zones": _zones(session, plugins),
    }
    before = _told(session)
    merged = {key: before[key] | told[key] for key in told}
    if merged != before:
        point_to(private_dir(session.paths.store) / "plugins.json", json.dumps(merged))


def _told(session: Session) -> dict[str, Any]:
    try:
        told = json.loads((session.paths.store / "plugins.json").read_text("utf-8"))
        return {key: dict(told[key]) if key in told else {} for key in _TOLD}
    except (OSError, ValueError, LookupError, TypeError):
        return {key: {} for key in _TOLD}


def _zones(session: Session, plugins: Plugins) -> dict[str, str]:
    """Time zones of the accounts on channels that are no known marketplace, such as a shop of one's own."""
    from kpiterm.plugins.marketplaces import MARKETPLACES
    from kpiterm.sync.work import marketplace_of

    found = {}
    for account in session.accounts():
        if connector := plugins.connectors.get(account.connector):
            with suppress(KpitermError):  # its settings are wrong, which its sync tells
                place = marketplace_of(connector, account)
                if place.channel not in MARKETPLACES:
                    found[account.name] = place.timezone
    return found


def shop_zone(session: Session) -> str:
    """The zone that cuts the days of channels that are no known marketplace: that of the shops there, of several the
    westernmost, so that no day counts as over before it is over in all of them; config.toml's where there is none."""
    declared = {account.name for account in session.accounts()}
    zones = {zone for name, zone in _told(session)["zones"].items() if name in declared}
    now, otherwise = session.now(), session.config().timezone
    return min(zones, key=lambda zone: (now.astimezone(ZoneInfo(zone)).utcoffset(), zone), default=otherwise)


def refresh_state(session: Session) -> View | None:
    """Write state.json, from which `status` answers without opening the store, and return its board. A faulty contract
    or KPI file is told of and changes nothing for the caller: what it has stored, it has stored."""
    now = replace(session, as_of=None, lang=None)
    valid = _fingerprint(now)
    try:
        view = now.view(None)
        _keep(now, view, valid)
    except ConfigError as error:
        output.error(error.message, error.hint, kind="ConfigError", as_json=False)
        return None
    return view


def _keep(session: Session, view: View, valid: list[object]) -> None:
    """`valid` is the fingerprint from before it was computed: what has changed since must not pass for known."""
    from kpiterm.cli.workspaces import for_the_list
    from kpiterm.store.lock import brief_lock
    from kpiterm.store.snapshot import point_to

    document = {**state_document(view), **for_the_list(session, view), "valid": valid}
    with brief_lock(session.paths.state.with_suffix(".lock")):
        if valid[0] == _fingerprint(session)[0]:  # else the writer has been here, and knows better
            point_to(session.paths.state, json.dumps(document, ensure_ascii=False))


def current(session: Session, period: str | None) -> View:
    """The board, from state.json where that is what was asked for and still true; else computed, and kept there."""
    if period is not None or session.as_of is not None or session.lang is not None:
        return compute(session, period)
    valid = _fingerprint(session)
    try:
        document = json.loads(session.paths.state.read_text("utf-8"))
        if document["valid"] == valid:
            return view_from_json(document)
    except (FileNotFoundError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        pass  # none, or not ours: the store has the answer too
    view = compute(session, None)
    if valid[0] is not None:
        with suppress(OSError):  # a reader need not be able to write
            _keep(session, view, valid)
    return view


def unchanged(session: Session, valid: Sequence[object]) -> tuple[bool, bool]:
    """Whether a board with this fingerprint is still that of the snapshot, and of people's files. That another hour has
    begun is no change: its moment stands beside it."""
    snapshot, _, stamps = _fingerprint(session)
    return valid[0] == snapshot, valid[2] == stamps


def check(session: Session) -> None:
    """ConfigError where a file that the board depends on has a fault; opens no store."""
    _asked(session, None)


def _fingerprint(session: Session) -> list[object]:
    """What the default board depends on: the snapshot, the hour (days begin at full hours), people's files and the
    plugins' KPI files."""
    paths = session.paths
    snapshot = paths.current.read_text() if paths.current.exists() else None
    files = [paths.config, paths.rates, paths.journal, *paths.contracts.glob("*.toml"), *paths.kpis.glob("*.toml")]
    files += paths.accounts.glob("*.toml")
    files += (Path(file) for names in _told(session)["kpi_files"].values() for file in names)
    stamps = sorted((str(f), f.stat().st_mtime_ns) for f in files if f.exists())
    return [snapshot, f"{datetime.now(UTC):%Y-%m-%dT%H}", [list(stamp) for stamp in stamps]]


def show(view: View, session: Session, *, everything: bool = True) -> None:
    """Print the board, as JSON or as a table; not `everything`: leave out what has no target and no data."""
    if session.json:
        output.line(json.dumps(to_json(view), ensure_ascii=False))
        return
    shown = view.gauges if everything else headlines(view.gauges)
    _ = session.teller()
    rows = [_row(gauge, _) for gauge in shown]
    header = "KPI", _("channel"), _("value"), _("target"), _("state"), _("change"), _("through"), ""
    output.table(header, rows, right=(2, 3, 5))
    if left_out := len({g.id for g in view.gauges} - {g.id for g in shown}):
        output.line(_(said("{0} more KPIs have neither target nor data: kpiterm status --all", left_out)))
    for account in view.accounts:
        seen = f"{account.last_sync:%Y-%m-%d %H:%MZ}" if account.last_sync else said("never")
        last = _(said("last sync {0}", seen))
        output.line(f"{account.connector}:{account.name}  {_(account.status)}  {last}")
        if account.error:
            output.line(f"  {account.error}")


def _row(gauge: Gauge, _: Translate) -> tuple[str, ...]:
    state = output.paint(f"{_SYMBOLS[gauge.state]} {_(_STATES[gauge.state])}", gauge.state)
    if gauge.target is None and gauge.state == "ok":  # nothing was agreed, so that nothing is met
        state = ""
    remark = gauge.reason or ("" if gauge.maturity == "final" else gauge.maturity)
    return (
        gauge.name,
        _("all") if gauge.channel == "all" else gauge.channel,
        format_value(gauge.value, gauge.unit, gauge.currency),
        format_target(gauge.target, gauge.unit, gauge.currency),
        state,
        format_change(gauge.change, gauge.unit, gauge.currency),
        str(gauge.data_through or ""),
        _(remark),
    )
