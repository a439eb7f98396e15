"""Accounts, one small file each, so that adding one never rewrites what a person wrote elsewhere."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.config.model import Account
from kpiterm.config.toml import did_you_mean, read_toml
from kpiterm.errors import ConfigError, UsageError
from kpiterm.paths import private_dir

if TYPE_CHECKING:
    from kpiterm.config.toml import Section
    from kpiterm.paths import Paths

_NAME = r"[a-z0-9][a-z0-9-]{0,39}"
_CONNECTOR = r"[a-z][a-z0-9_-]{0,39}"
_LOOPBACK = r"http://(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}/?"


def load_accounts(paths: Paths) -> tuple[Account, ...]:
    """Every declared account, by name."""
    if not paths.accounts.is_dir():
        return ()
    return tuple(_load(file) for file in sorted(paths.accounts.glob("*.toml")))


def save_account(paths: Paths, account: Account) -> Path:
    """Write the account's file, whole or not at all, readable by its owner only."""
    import tomli_w

    check_name(account.name)
    private_dir(paths.root)
    folder = private_dir(paths.accounts)
    document: dict[str, object] = {"connector": account.connector}
    if account.sandbox:
        document["sandbox"] = account.sandbox
    if account.settings:
        document["settings"] = dict(account.settings)
    file = folder / f"{account.name}.toml"
    write_private(file, tomli_w.dumps(document).encode())
    return file


def remove_account(paths: Paths, name: str) -> None:
    """Forget the declaration; what the account's syncs brought stays in the store."""
    check_name(name)
    try:
        (paths.accounts / f"{name}.toml").unlink()
    except FileNotFoundError:
        known = [file.stem for file in paths.accounts.glob("*.toml")]
        raise UsageError(f"no account {name!r}", hint=did_you_mean(name, known)) from None


def check_name(name: str) -> None:
    if not re.fullmatch(_NAME, name):
        raise UsageError(f"account name {name!r}", hint="use lower-case letters, digits and '-', at most 40")


def _load(file: Path) -> Account:
    if not re.fullmatch(_NAME, file.stem):
        raise ConfigError(f"{file}: account name {file.stem!r}", hint="rename it: lower-case letters, digits and '-'")
    root = read_toml(file)
    sandbox = None
    if root.has("sandbox"):
        # Anything but loopback would send an account's tokens to a stranger.
        sandbox = root.text("sandbox", pattern=_LOOPBACK, like='an address of this machine: "http://127.0.0.1:PORT"')
    account = Account(
        name=file.stem,
        connector=root.text("connector", pattern=_CONNECTOR, like='a connector\'s name, such as "amazon"'),
        sandbox=sandbox.rstrip("/") if sandbox else None,
        settings=_settings(root.table("settings")),
    )
    root.finish()
    return account


def _settings(section: Section) -> dict[str, str]:
    return {key: section.text(key, pattern=r"[\s\S]*", like="the value in quotes") for key in section.names()}


def write_private(file: Path, body: bytes) -> None:
    """Replace a file, whole or not at all, readable by its owner only."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
