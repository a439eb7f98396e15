"""The errors that a command may end with. Each has an exit code that scripts rely on, and says what to do next."""

from __future__ import annotations

OK, BUG, USAGE, CREDENTIALS, TRANSIENT, BAD_DATA, PARTIAL, BUSY, PLUGIN, BREACH, INTERRUPTED = (
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130,
)  # fmt: skip


class KpitermError(Exception):
    """An expected end of a command: `message` says what happened, `hint` what to type next."""

    exit_code = BUG

    def __init__(self, message: str, *, hint: str = "", exit_code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if exit_code is not None:
            self.exit_code = exit_code


class UsageError(KpitermError):
    """A wrong argument, file or setting."""

    exit_code = USAGE


class ConfigError(UsageError):
    """A fault in a configuration, KPI or contract file; the message names file and key."""


class CredentialError(KpitermError):
    """A secret is missing, locked away or refused."""

    exit_code = CREDENTIALS


class StoreBusyError(KpitermError):
    """Another process is writing to this workspace."""

    exit_code = BUSY


class StoreError(KpitermError):
    """The store cannot be read or written; nothing was half-written."""

    exit_code = TRANSIENT


class PluginMissingError(KpitermError):
    """An account names a connector that is not installed, or that does not fit this version."""

    exit_code = PLUGIN
