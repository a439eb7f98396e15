"""Reads config.toml: a missing file means defaults, a wrong one a ConfigError with its remedy."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kpiterm.config.model import Config, Language, SyncConfig
from kpiterm.config.toml import Section, comparison, read_toml

if TYPE_CHECKING:
    from decimal import Decimal

    from kpiterm.config.model import Op
    from kpiterm.paths import Paths

_CLASS_PATH = r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+"
_SIZE = r"\d+(\.\d+)?\s?[KMGT]i?B"


def load_config(paths: Paths) -> Config:
    """The workspace's settings; those of a workspace without config.toml are the defaults."""
    if not paths.config.exists():
        return Config(timezone=system_timezone())
    root = read_toml(paths.config)
    config = Config(
        currency=root.text("currency", "USD", pattern="[A-Z]{3}", like='an ISO 4217 code such as "USD"'),
        language=cast("Language", root.choice("language", ("en", "zh"), "en")),
        timezone=_timezone(root),
        sync=_sync(root.table("sync")),
        keyring_backend=_keyring(root.table("keyring")),
        targets=_targets(root.table("targets")),
    )
    root.finish()
    return config


def system_timezone() -> str:
    """The machine's own zone by its IANA name, UTC where that cannot be told."""
    for name in (os.environ.get("TZ", "").lstrip(":"), _zone_of_link(Path("/etc/localtime"))):
        if name and _is_zone(name):
            return name
    return "UTC"


def _zone_of_link(link: Path) -> str:
    try:
        return str(link.readlink()).partition("zoneinfo/")[2]
    except OSError:
        return ""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _timezone(root: Section) -> str:
    if not root.has("timezone"):
        return system_timezone()
    name = root.text("timezone")
    if not _is_zone(name):
        root.fail("timezone", f"unknown zone {name!r}", 'write an IANA name, such as "Asia/Shanghai"')
    return name


def _sync(section: Section) -> SyncConfig:
    sync = SyncConfig(
        parallel=section.integer("parallel", 4, least=1, most=32),
        stall_seconds=section.integer("stall_seconds", 300, least=10),
        memory_limit=section.text("memory_limit", "256MB", pattern=_SIZE, like='a size such as "256MB" or "1GB"'),
        history_days=section.integer("history_days", least=1, most=3660) if section.has("history_days") else None,
    )
    section.finish()
    return sync


def _keyring(section: Section) -> str | None:
    backend = None
    if section.has("backend"):
        backend = section.text("backend", pattern=_CLASS_PATH, like='a class path, as in "package.module.Class"')
    section.finish()
    return backend


def _targets(section: Section) -> dict[str, tuple[Op, Decimal]]:
    targets = {}
    for key in section.names():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
            section.fail(key, "no KPI id", "KPI ids are lower-case letters, digits and '_'; see `kpiterm kpi list`")
        text = section.text(key, like='a target such as "<= 0.28"')
        target = comparison(text)
        if target is None:
            section.fail(key, f"found {text!r}", 'write an operator and a number, such as "<= 0.28"')
        targets[key] = target
    return targets
