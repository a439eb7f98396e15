"""What the configuration files say, checked and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Op = Literal["<", "<=", ">", ">="]
Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncConfig:
    """How a sync works: accounts at a time, seconds without progress before it gives up, DuckDB's memory limit.

    `history_days` overrides how far back the first sync of every stream reads; None leaves that to the stream.
    """

    parallel: int = 4
    stall_seconds: int = 300
    memory_limit: str = "256MB"
    history_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """config.toml. `timezone` is for display only: a KPI's day is cut in its marketplace's own zone."""

    currency: str = "USD"
    language: Language = "en"
    timezone: str = "UTC"
    sync: SyncConfig = field(default_factory=SyncConfig)
    keyring_backend: str | None = None
    targets: Mapping[str, tuple[Op, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One shop login as declared by `kpiterm account add`; its secrets are in the keyring, never here."""

    name: str
    connector: str
    sandbox: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
