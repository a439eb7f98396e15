"""Whom alerts go to: one small file for each channel, its address in the keyring under the channel's name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kpiterm.analysis.alerts.rules import LEVELS, Severity
from kpiterm.config.toml import did_you_mean, read_toml
from kpiterm.errors import UsageError
from kpiterm.paths import private_dir

if TYPE_CHECKING:
    from kpiterm.analysis.alerts.words import Language
    from kpiterm.config.toml import Section
    from kpiterm.paths import Paths
    from kpiterm.secrets import SecretStore

SECRETS = "notify"  # the account under whose name the keyring holds the addresses
_NAME = r"[a-z0-9][a-z0-9-]{0,39}"
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A reader of alerts. `service` is what kind of address it is; `quiet` are hours in its own `timezone` in which it
    is left alone, except by a new critical alert where `break_through` says so; `severity` is the least it hears of."""

    name: str
    service: str
    language: Language
    timezone: str
    quiet: str | None = None
    break_through: bool = False
    severity: Severity = "warning"

    def is_quiet(self, now: datetime) -> bool:
        """Whether `now` lies within its quiet hours; the hour at which they end does not."""
        if self.quiet is None:
            return False
        first, last = hours(self.quiet)
        clock = now.astimezone(ZoneInfo(self.timezone)).time()
        return first <= clock < last if first < last else clock >= first or clock < last


def load_channels(paths: Paths) -> tuple[Channel, ...]:
    """Every channel, by name; ConfigError names file, key and remedy."""
    return tuple(load_channel(file) for file in sorted(paths.notify.glob("*.toml")))


def save_channel(paths: Paths, channel: Channel) -> Path:
    """Write the channel's file, whole or not at all."""
    import tomli_w

    from kpiterm.store.snapshot import point_to

    private_dir(paths.root)
    document = {
        "service": channel.service,
        "language": channel.language,
        "timezone": channel.timezone,
        "severity": channel.severity,
        **({"quiet": channel.quiet, "break_through": channel.break_through} if channel.quiet else {}),
    }
    file = private_dir(paths.notify) / f"{channel.name}.toml"
    point_to(file, tomli_w.dumps(document))
    return file


def remove_channel(paths: Paths, secrets: SecretStore, name: str) -> None:
    """Forget a channel and its address."""
    find_channel(load_channels(paths), name)
    secrets.drop(SECRETS, name)
    (paths.notify / f"{name}.toml").unlink()


def find_channel(channels: tuple[Channel, ...], name: str) -> Channel:
    """The channel of that name; UsageError where there is none."""
    for channel in channels:
        if channel.name == name:
            return channel
    known = [channel.name for channel in channels]
    hint = did_you_mean(name, known) if known else f"kpiterm notify add {name}"
    raise UsageError(f"no channel named {name!r}", hint=hint)


def check_name(name: str) -> None:
    if not re.fullmatch(_NAME, name):
        raise UsageError(f"channel name {name!r}", hint="use lower-case letters, digits and '-', at most 40")


def check_hours(text: str) -> str:
    """`22:00-08:00` as it is; UsageError where it is no such thing."""
    if not _HOURS.fullmatch(text) or len(set(hours(text))) == 1:
        raise UsageError(f"quiet hours {text!r}", hint="write two different times, such as 22:00-08:00")
    return text


def check_timezone(name: str) -> str:
    """An IANA name as it is; UsageError where there is no such zone."""
    if not _is_zone(name):
        raise UsageError(f"unknown zone {name!r}", hint='write an IANA name, such as "Asia/Shanghai"')
    return name


def hours(text: str) -> tuple[time, time]:
    """The first and the last moment of quiet hours."""
    first, _, last = text.partition("-")
    return time.fromisoformat(first), time.fromisoformat(last)


def load_channel(file: Path) -> Channel:
    """The channel of one file; ConfigError or UsageError names file, key and remedy."""
    if not re.fullmatch(_NAME, file.stem):
        raise UsageError(f"{file}: channel name {file.stem!r}", hint="rename it: lower-case letters, digits and '-'")
    root = read_toml(file)
    channel = Channel(
        name=file.stem,
        service=root.text("service", "unknown"),
        language=cast("Language", root.choice("language", ("en", "zh"), "en")),
        timezone=_timezone(root),
        quiet=_quiet(root),
        break_through=root.flag("break_through", default=False),
        severity=cast("Severity", root.choice("severity", LEVELS, "warning")),
    )
    root.finish()
    return channel


def _timezone(root: Section) -> str:
    name = root.text("timezone", "UTC")
    if not _is_zone(name):
        root.fail("timezone", f"unknown zone {name!r}", 'write an IANA name, such as "Asia/Shanghai"')
    return name


def _quiet(root: Section) -> str | None:
    if not root.has("quiet"):
        return None
    text = root.text("quiet", pattern=_HOURS.pattern, like='two times, such as "22:00-08:00"')
    if len(set(hours(text))) == 1:
        root.fail("quiet", f"found {text!r}", 'write two different times, such as "22:00-08:00"')
    return text


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
