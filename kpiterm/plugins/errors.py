"""The errors a connector may raise, named by what the caller should do next."""

from __future__ import annotations


class PluginError(Exception):
    """Base of all expected connector errors: `message` is for the operator, `hint` says what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def kind(self) -> str:
        return type(self).__name__


class SettingError(PluginError):
    """A setting is missing or wrong: change the account, then try again."""

    exit_code = 2


class AuthError(PluginError):
    """The credentials were refused: enter new ones."""

    exit_code = 3


class AccessError(PluginError):
    """The credentials are good, but a role or scope is missing: grant it. Never retried."""

    exit_code = 3


class TransientError(PluginError):
    """The vendor or the line failed for the moment: the next run tries again."""

    exit_code = 4


class RateLimited(TransientError):
    """The vendor's quota is used up; `retry_after` is in seconds, None where the vendor does not say."""

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class DataError(PluginError):
    """The vendor's answer is not what its documentation promises: nothing of this window was stored."""

    exit_code = 5


class PluginCrash(PluginError):
    """Anything else that a connector raised: a bug in the connector, named with its stream."""

    exit_code = 1
