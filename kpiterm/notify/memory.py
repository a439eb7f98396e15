"""What is remembered of alerts between syncs: one small file beside the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from kpiterm.analysis.alerts.history import Past
from kpiterm.analysis.alerts.state import Notification, State
from kpiterm.paths import private_dir
from kpiterm.store.snapshot import point_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """`outbox` is what waits, by channel; `failing` channels that do not take what they are sent,
    with the moment at which people were last told so; `history` what became of alerts, the oldest first."""

    v: int = 1
    state: State = field(default_factory=State)
    outbox: Mapping[str, tuple[Notification, ...]] = field(default_factory=dict)
    failing: Mapping[str, datetime] = field(default_factory=dict)
    history: tuple[Past, ...] = ()


def load_memory(path: Path) -> tuple[Memory, bool]:
    """What is remembered, and whether the file is sound; nothing where it is damaged or of another version."""
    try:
        memory = msgspec.json.decode(path.read_bytes(), type=Memory)
    except FileNotFoundError:
        return Memory(), True
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return Memory(), False
    return (memory, True) if memory.v == 1 else (Memory(), False)


def save_memory(path: Path, memory: Memory) -> None:
    """Replace the file so that a reader, or a crash, sees the old text or the new one."""
    private_dir(path.parent)
    point_to(path, msgspec.json.encode(memory, enc_hook=_plain).decode())


def _plain(value: object) -> str:
    """A sentence or a name that could be told in another language is kept in English."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(type(value))
