"""The hosts that a connector declares: exact names, `*.` and a suffix, or a label that a setting gives and a suffix."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from kpiterm.plugins.errors import SettingError

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_FROM_SETTING = re.compile(r"\{([^{}]*)\}\.(.+)")


def check_hosts(connector: str, hosts: Iterable[str], settings: Collection[str]) -> None:
    """ValueError where a `{setting}` in a host is not one that the connector declares, or not its first label."""
    for host in hosts:
        found = _FROM_SETTING.fullmatch(host)
        if found and found[1] not in settings:
            raise ValueError(f"connector {connector}: host {host!r} names {found[1]!r}, which is no setting of it")
        rest = found[2] if found else host
        if set(rest) & set("{}"):
            raise ValueError(f"connector {connector}: host {host!r}: only its first label can be a setting")
        if found and "." not in rest:
            raise ValueError(f"connector {connector}: host {host!r} leaves the registered domain to a setting")


def hosts_of(hosts: Iterable[str], settings: Mapping[str, str]) -> tuple[str, ...]:
    """The hosts with each `{setting}` filled in. A value is the label, or the whole name: `acme`, `acme.example.com`.

    SettingError for any value that is more than one label of a host name, so that it can name no other host.
    """
    return tuple(_filled(host, settings) for host in hosts)


def _filled(host: str, settings: Mapping[str, str]) -> str:
    found = _FROM_SETTING.fullmatch(host)
    if not found:
        return host
    name, rest = found[1], found[2]
    value = settings.get(name) or ""
    label = value.strip().lower().removesuffix(f".{rest}")
    if not LABEL.fullmatch(label):
        raise SettingError(
            f"the setting {name} is {value!r}, which is no name below {rest}",
            hint=f"write it like my-{name} or my-{name}.{rest}: letters, digits and '-'",
        )
    return f"{label}.{rest}"
