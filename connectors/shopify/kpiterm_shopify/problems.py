"""What Shopify's refusals mean: GraphQL errors (which come with HTTP 200) and the few HTTP statuses of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from kpiterm.plugins import AccessError, AuthError, DataError, PluginError, SettingError, TransientError

_LONGEST = 400
_STATUS = re.compile(r"HTTP (\d{3})\b")


class _FaultExtensions(msgspec.Struct, rename="camel"):
    code: str | None = None
    required_access: str | None = None


class Fault(msgspec.Struct):
    """One entry of `errors`."""

    message: str = ""
    extensions: _FaultExtensions | None = None

    @classmethod
    def passing(cls, message: str) -> Fault:
        """A fault of the moment, such as an answer that was cut off."""
        return cls(message, _FaultExtensions("INTERNAL_SERVER_ERROR"))

    @property
    def code(self) -> str:
        return ((self.extensions.code if self.extensions else "") or "").upper()

    @property
    def required_access(self) -> str:
        return (self.extensions.required_access if self.extensions else "") or ""


class TooCostlyError(DataError):
    """One question costs more points than Shopify allows: ask for fewer objects at once."""


def problem(errors: Sequence[Fault] | str, what: str, request_id: str | None) -> PluginError:
    """The error that a GraphQL answer's `errors` mean. Data beside them are not used: they may be short."""
    faults = [Fault(errors)] if isinstance(errors, str) else list(errors)
    first = next((fault for fault in faults if fault.code), faults[0])
    said = "; ".join(fault.message for fault in faults[:3])[:_LONGEST]
    message = f"{what}: {said}" + (f" (request {request_id[:80]})" if request_id else "")
    match first.code:
        case "MAX_COST_EXCEEDED":
            return TooCostlyError(message, hint="report this")
        case "ACCESS_DENIED":
            return AccessError(message, hint=_grant(first))
        case "SHOP_INACTIVE":
            return AccessError(message, hint="the shop is closed or paused: its owner must open it again")
        case "UNAUTHORIZED":
            return AuthError(message, hint="enter new credentials: `kpiterm account add shopify NAME`")
        case "INTERNAL_SERVER_ERROR" | "TIMEOUT" | "SERVICE_UNAVAILABLE":
            return TransientError(message, hint="Shopify has a fault of its own: the next sync tries again")
    return DataError(message, hint="Shopify refused the question itself; upgrade the connector, or report this")


def _grant(fault: Fault) -> str:
    """How to get the scope that the error names."""
    named = re.findall(r"`?\b((?:read|write)_[a-z_]+)`?", f"{fault.required_access} {fault.message}")
    scopes = ", ".join(dict.fromkeys(named)) or "a scope"
    more = ""
    if "read_reports" in named:
        more = " (ShopifyQL also wants the app approved for protected customer data, level 2)"
    return (
        f"grant {scopes}{more}: release a version of the app with it, approve it in the shop, then "
        "`kpiterm account test NAME`"
    )


def explained(error: PluginError, host: str) -> PluginError:
    """An HTTP failure with what it means at Shopify; the others as they are."""
    found = _STATUS.search(error.message)
    status = found[1] if found else ""
    if "Non-expiring access tokens" in error.message:
        return AuthError(error.message, hint="the app must use expiring tokens: enter a refresh_token and its app's "
                         "client_id and client_secret with `kpiterm account add`")  # fmt: skip
    if status == "402":
        return AccessError(error.message, hint=f"{host} is frozen: its owner must settle Shopify's bill")
    if status == "404":
        return SettingError(error.message, hint=f"there is no shop {host}: correct the account's setting shop")
    if status == "423":
        return AccessError(error.message, hint=f"{host} is locked by Shopify: its owner must ask Shopify's support")
    return error
