"""Delivery through apprise. Its own messages hold addresses, so that none of them leaves this module."""

from __future__ import annotations

import logging
import re
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from kpiterm.analysis.alerts.rules import Severity

SECONDS = 30
_ANSWERED = re.compile(r"error[ =:]+(\d{3})\b")


def service_of(address: str) -> str | None:
    """What kind of address it is, such as "Slack"; None where it is none that apprise knows."""
    found = _apprise().Apprise.instantiate(address, suppress_exceptions=True)
    return str(found.service_name) if found else None


def deliver(address: str, title: str, body: str, severity: Severity, *, over: bool = False) -> str | None:
    """Send a message. None when it was taken, else why not; the reason holds no part of the address."""
    apprise = _apprise()
    kinds = apprise.NotifyType
    kind = kinds.SUCCESS if over else {"info": kinds.INFO, "warning": kinds.WARNING}.get(severity, kinds.FAILURE)
    asset = apprise.AppriseAsset(
        app_id="kpiterm",
        app_desc="kpiterm",
        app_url="",
        storage_mode="memory",
        async_mode=False,
        service_timeout=SECONDS,
    )
    sender = apprise.Apprise(asset=asset)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # those about certificates name the host
            if not sender.add(address):
                return "its address is not understood"
            result = sender.notify(body=body, title=title, notify_type=kind, body_format=apprise.NotifyFormat.TEXT)
    except Exception as error:  # noqa: BLE001 (a hundred services, each with failures of its own)
        return f"it failed with {type(error).__name__}"
    return None if result else _reason([str(entry.message) for entry in result.logs()])


def _reason(said: list[str]) -> str:
    """What apprise logged, in words that hold nothing of it but a status."""
    text = " ".join(said)
    if answered := _ANSWERED.search(text):
        return f"it answered {answered[1]}"
    if re.search(r"(?i)connection|timed? ?out|socket|resolve", text):
        return "it cannot be reached"
    return "it did not take the message"


def _apprise() -> ModuleType:
    """apprise, with its log silenced: that goes to stderr otherwise, addresses and all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import apprise

        apprise.Apprise.instantiate("json://localhost")  # loads the services, some of which warn when they are loaded
    log = logging.getLogger("apprise")
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    return apprise
