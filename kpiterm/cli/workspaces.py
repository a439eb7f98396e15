"""All workspaces of a home, each from the small files that its last sync left beside the store. Opens no database."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpiterm.analysis.pages import Nothing
from kpiterm.analysis.pages.clients import AHEAD, Client, ClientsPage
from kpiterm.cli import board
from kpiterm.cli.workspace_state import figures, open_alerts, read_state
from kpiterm.errors import KpitermError
from kpiterm.i18n import in_all, said
from kpiterm.paths import Paths, is_workspace

if TYPE_CHECKING:
    from kpiterm.analysis.view import View
    from kpiterm.cli.session import Session
    from kpiterm.cli.workspace_state import State

FIRST = "kpiterm --workspace NAME init"
"""What makes a workspace."""
_WATCHED = "CURRENT", "state.json", "alerts.json", "lock"


def for_the_list(session: Session, view: View) -> dict[str, Any]:
    """What state.json holds for the list alone: the names of KPIs with a target in every language, and the dates of the
    contract that are near."""
    from kpiterm.cli import contracts
    from kpiterm.cli.commands.contract_calendar import dues

    agreed = {gauge.id: in_all(gauge.name) for gauge in view.gauges if gauge.target or gauge.weight}
    try:
        found = dues(session, contracts.contract(session, None), AHEAD.days)[1] if agreed else []
    except KpitermError:  # none, or several: whoever asks for it is told so
        found = []
    deadlines = [{"day": f"{due.day}", "title": in_all(due.title)} for due in found if not due.done]
    return {"names": agreed, "deadlines": deadlines}


class Workspaces:
    """The workspaces of the session's home; what was decoded once is kept until its file changes."""

    def __init__(self, session: Session) -> None:
        self._session = replace(session, as_of=None, lang=None)
        self._states: dict[str, tuple[object, State | str]] = {}
        self._busy: list[Path] = []

    def page(self) -> ClientsPage:
        """Every workspace as it stands."""
        self._busy = []
        now = datetime.now(UTC)
        return ClientsPage([self._client(paths, now) for paths in self._paths()], now)

    def listed(self) -> ClientsPage | Nothing:
        """The same for a screen, which says how the first one is made."""
        page = self.page()
        return page if page.clients else Nothing(said("No client yet."), FIRST)

    def names(self) -> list[str]:
        """Those there are, by name."""
        try:
            with os.scandir(self._session.paths.home / "workspaces") as found:
                return sorted(entry.name for entry in found if is_workspace(entry.name) and entry.is_dir())
        except OSError:
            return []

    def stamp(self) -> object:
        """Changes when a workspace is added, publishes something, or begins or ends a sync."""
        names, root = self.names(), f"{self._session.paths.home}/workspaces"  # texts: this runs every second
        found = [_stamp(f"{root}/{name}/store/{file}") for name in names for file in _WATCHED]
        return names, found, [is_held(lock) for lock in self._busy]

    def _paths(self) -> Iterator[Paths]:
        return (Paths(self._session.paths.home, name) for name in self.names())

    def _client(self, paths: Paths, now: datetime) -> Client:
        session = replace(self._session, paths=paths)
        lock = paths.store / "lock"
        try:
            if syncing := is_held(lock):
                self._busy.append(lock)
            return replace(self._standing(session, now, syncing=syncing), syncing=syncing)
        except KpitermError as error:
            why = error.message.replace(f"{paths.root}{os.sep}", "")
            return Client(name=paths.workspace, standing="fault", why=why, hint=error.hint)
        except OSError as error:
            why = said("{0}: {1}", error.filename or paths.root, error.strerror or error)
            hint = said("kpiterm must be able to read there: check its owner and mode")
            return Client(name=paths.workspace, standing="fault", why=why, hint=hint)

    def _standing(self, session: Session, now: datetime, *, syncing: bool) -> Client:
        paths = session.paths
        if _stamp(str(paths.current)) == errno.ENOENT:
            board.check(session)
            return _never_synced(session, syncing=syncing)
        state, alerts = self._state(paths), open_alerts(paths.alert_state)
        if isinstance(state, str):
            board.check(session)
            return _not_computed(paths, state)
        snapshot, files = board.unchanged(session, state.valid)
        if files and (snapshot or syncing):
            return figures(paths.workspace, state, alerts, now)
        board.check(session)
        what = said("its data changed since") if not snapshot else said("its settings, contract or log changed since")
        why = said("not computed since {0}: {1}", f"{state.as_of:%Y-%m-%d %H:%MZ}", what)
        shown = figures(paths.workspace, state, alerts, now)  # of its accounts and alerts, not of its KPIs
        return replace(_not_computed(paths, why), synced=shown.synced, failing=shown.failing, alerts=alerts)

    def _state(self, paths: Paths) -> State | str:
        stamp = _stamp(str(paths.state))
        before = self._states.get(paths.workspace)
        if before is None or before[0] != stamp:
            before = self._states[paths.workspace] = (stamp, read_state(paths.state))
        return before[1]


def _never_synced(session: Session, *, syncing: bool) -> Client:
    name = session.paths.workspace
    if syncing:
        why, hint = said("its first sync is running"), ""
    elif session.accounts():
        why, hint = said("never synced"), f"kpiterm --workspace {name} sync"
    else:
        why, hint = said("no account yet"), f"kpiterm --workspace {name} account add amazon us-main"
    return Client(name=name, standing="never_synced", why=why, hint=hint)


def _not_computed(paths: Paths, why: str) -> Client:
    hint = f"kpiterm --workspace {paths.workspace} status"
    return Client(name=paths.workspace, standing="not_computed", why=why, hint=hint)


def _stamp(file: str) -> object:
    try:
        found = os.stat(file)  # noqa: PTH116 (two hundred times a second)
    except OSError as error:
        return error.errno
    return found.st_mtime_ns, found.st_ino, found.st_size


def is_held(lock: Path) -> bool:
    """Whether a sync is at work, without touching the lock: one that begins meanwhile must find it free."""
    try:
        command = Path(f"/proc/{int(lock.read_text())}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False
    return b"kpiterm" in command
