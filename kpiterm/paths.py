"""Where things live. One directory holds all of a workspace, so that it can be backed up, moved and removed whole."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from kpiterm.errors import UsageError


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of one workspace (one client)."""

    home: Path
    workspace: str = "default"

    @property
    def root(self) -> Path:
        return self.home / "workspaces" / self.workspace

    @property
    def config(self) -> Path:
        return self.root / "config.toml"

    @property
    def accounts(self) -> Path:
        return self.root / "accounts"

    @property
    def rates(self) -> Path:
        return self.root / "fx.toml"

    @property
    def kpis(self) -> Path:
        return self.root / "kpis"

    @property
    def contracts(self) -> Path:
        return self.root / "contracts"

    @property
    def compliance(self) -> Path:
        return self.root / "compliance.toml"

    @property
    def alerts(self) -> Path:
        return self.root / "alerts.toml"

    @property
    def notify(self) -> Path:
        """Where alerts are sent, one file each; the addresses themselves are in the keyring."""
        return self.root / "notify"

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def current(self) -> Path:
        return self.store / "CURRENT"

    @property
    def state(self) -> Path:
        return self.store / "state.json"

    @property
    def alert_state(self) -> Path:
        return self.store / "alerts.json"

    @property
    def journal(self) -> Path:
        return self.store / "journal.jsonl"

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def limits(self) -> Path:
        """Rate-limit state; a credential's quota is the same in every workspace."""
        return self.home / "limits"


def resolve(home: str | None, workspace: str | None) -> Paths:
    """Paths from the command line, else KPITERM_HOME and KPITERM_WORKSPACE, else the user's data directory."""
    name = workspace or os.environ.get("KPITERM_WORKSPACE") or "default"
    if not is_workspace(name):
        raise UsageError(f"workspace name {name!r}", hint="use letters, digits, '-', '_' and '.', at most 64")
    chosen = home or os.environ.get("KPITERM_HOME")
    return Paths(Path(chosen).expanduser().absolute() if chosen else _default_home(), name)


def is_workspace(name: str) -> bool:
    """Whether a workspace, and its folder, may be called so."""
    return re.fullmatch(r"[\w][\w.-]{0,63}", name) is not None


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("kpiterm", appauthor=False)


def private_dir(path: Path) -> Path:
    """`path` as a directory that only its owner may enter, made if need be."""
    path.mkdir(parents=True, exist_ok=True)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path
