"""Secrets live in the operating system's keyring, or come from the environment; never in a file of ours, never in argv.

Looked up in this order: `KPITERM_SECRET_<ACCOUNT>_<NAME>`, a systemd credential `<account>.<name>` in
`$CREDENTIALS_DIRECTORY`, the keyring entry of service `kpiterm/<workspace>`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.errors import CredentialError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

# Backends that keep secrets encrypted under the user's login. Others only when the configuration names them.
_TRUSTED = ("keyring.backends.SecretService", "keyring.backends.libsecret", "keyring.backends.kwallet",
            "keyring.backends.macOS", "keyring.backends.Windows", "keyring_pass")  # fmt: skip
_REMEDY = "docs/how-to/keyring.md shows how to set one up on a headless host; or export {variable} for this command"


@dataclass(frozen=True, slots=True)
class SecretStore:
    """The secrets of one workspace. `backend` is the class path of a keyring that the configuration insists on."""

    workspace: str
    backend: str | None = None

    def get(self, account: str, name: str) -> str | None:
        """The secret, or None when it was never stored; CredentialError when the keyring cannot be asked."""
        if (value := os.environ.get(variable(account, name))) is not None:
            return value
        if (value := _systemd(account, name)) is not None:
            return value
        return self._ask(account, name)

    def put(self, account: str, name: str, value: str) -> None:
        """Store in the keyring; CredentialError says why that failed."""
        keyring = self._keyring(variable(account, name))
        try:
            keyring.set_password(self._service, f"{account}/{name}", value)
        except Exception as error:  # noqa: BLE001 (backends raise whatever their platform does)
            raise self._failed(error, variable(account, name)) from None

    def drop(self, account: str, name: str) -> None:
        """Remove from the keyring, if it is there."""
        if os.environ.get(variable(account, name)) is not None or self._ask(account, name) is None:
            return
        try:
            self._keyring(variable(account, name)).delete_password(self._service, f"{account}/{name}")
        except Exception as error:  # noqa: BLE001 (backends raise whatever their platform does)
            raise self._failed(error, variable(account, name)) from None

    @property
    def _service(self) -> str:
        return f"kpiterm/{self.workspace}"

    def _ask(self, account: str, name: str) -> str | None:
        keyring = self._keyring(variable(account, name))
        try:
            return keyring.get_password(self._service, f"{account}/{name}")
        except Exception as error:  # noqa: BLE001 (backends raise whatever their platform does)
            raise self._failed(error, variable(account, name)) from None

    def _failed(self, error: Exception, variable: str) -> CredentialError:
        return CredentialError(
            f"the keyring did not answer: {type(error).__name__}", hint=_REMEDY.format(variable=variable)
        )

    def _keyring(self, variable: str) -> KeyringBackend:
        import keyring
        from keyring.core import load_keyring

        try:
            found = load_keyring(self.backend) if self.backend else keyring.get_keyring()
        except Exception as error:  # noqa: BLE001 (a backend named in a file may fail in any way)
            named, where = self.backend or os.environ.get("PYTHON_KEYRING_BACKEND"), "[keyring] backend in config.toml"
            raise CredentialError(
                f"the keyring {named or 'of this system'} cannot be loaded: {type(error).__name__}",
                hint=f"correct or remove {where if self.backend else 'PYTHON_KEYRING_BACKEND or keyringrc.cfg'}",
            ) from None
        backend = found if self.backend else _first_trusted(found)
        if backend is None:
            raise CredentialError(
                "no keyring that encrypts is reachable from here (cron jobs and SSH sessions often lack one)",
                hint=_REMEDY.format(variable=variable),
            )
        return backend


def variable(account: str, name: str) -> str:
    """The environment variable that overrides a secret: KPITERM_SECRET_US_MAIN_REFRESH_TOKEN."""
    return "KPITERM_SECRET_" + re.sub(r"[^A-Z0-9]", "_", f"{account}_{name}".upper())


def _first_trusted(backend: KeyringBackend) -> KeyringBackend | None:
    """The backend itself, or the first trusted one that a chain would try."""
    chain = getattr(backend, "backends", None) or [backend]
    return next((b for b in chain if type(b).__module__.startswith(_TRUSTED)), None)


def _systemd(account: str, name: str) -> str | None:
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    if not directory:
        return None
    path = Path(directory, f"{account}.{name}")
    try:
        return path.read_text("utf-8").rstrip("\n")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise CredentialError(
            f"the credential {path} cannot be read: {type(error).__name__}",
            hint="check LoadCredential= and User= of the systemd unit; the file must be UTF-8 text",
        ) from None
