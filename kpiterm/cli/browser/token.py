"""The word that opens the cockpit to a browser: from a file, the environment, the keyring, or made up on the spot."""

from __future__ import annotations

import ipaddress
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.errors import CredentialError, UsageError
from kpiterm.secrets import variable

if TYPE_CHECKING:
    from kpiterm.secrets import SecretStore

ACCOUNT, NAME = "serve", "token"
VARIABLE = variable(ACCOUNT, NAME)
SHORTEST = 16
"""Characters; a shorter one could be found by trying."""


def loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def find(store: SecretStore, file: Path | None, *, needed: bool) -> tuple[str | None, bool]:
    """The token, and whether it was made up just now. One that is kept somewhere is asked for on loopback, too."""
    if (kept := _of(file) if file else _kept(store)) is not None:
        if len(kept) < SHORTEST:
            raise UsageError(
                f"the token has {len(kept)} characters", hint=f"it needs {SHORTEST} or more, any that you like"
            )
        return kept, False
    if not needed:
        return None, False
    if not sys.stderr.isatty():  # what is written there goes to a log
        raise UsageError(
            "a token is needed here, and there is no terminal to show a new one on",
            hint=f"put one into {VARIABLE} or a file for --token-file",
        )
    return secrets.token_urlsafe(24), True


def _kept(store: SecretStore) -> str | None:
    try:
        return store.get(ACCOUNT, NAME)
    except CredentialError:  # no keyring can be asked: then there is none in it
        return None


def _of(file: Path) -> str:
    if not file.is_file():
        raise UsageError(f"{file} is no file", hint=f"put {SHORTEST} or more characters into it, and chmod 600 it")
    if file.stat().st_mode & 0o077:
        raise UsageError(f"{file} can be read by others", hint=f"chmod 600 {file}")
    return file.read_text("utf-8").strip()
