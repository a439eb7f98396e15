"""What the sync process and the child that runs a connector say to each other: JSON lines over pipes.

A connector runs in a child so that a hang, a crash or a flood of memory ends the child and nothing else, and so that it
sees one account's secrets and no store. Secrets go down the child's standard input, never through argv or environment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from kpiterm.plugins import Window


class StreamJob(msgspec.Struct, frozen=True):
    """A stream and the windows to fetch, in order."""

    name: str
    windows: tuple[tuple[datetime, datetime], ...]

    def parsed(self) -> tuple[Window, ...]:
        return tuple(Window(start, end) for start, end in self.windows)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """All that a child needs to know. The first line on its standard input."""

    account: str
    connector: str
    settings: dict[str, str]
    secrets: dict[str, str]
    sandbox: str | None
    streams: tuple[StreamJob, ...]
    spool: str
    limits: str
    resume: str
    now: datetime
    memory: int

    def __repr__(self) -> str:
        return f"Job({self.connector}:{self.account})"


class Failure(msgspec.Struct, frozen=True):
    """Why a stream ended early; `kind` is the name of an error of `kpiterm.plugins`."""

    kind: str
    message: str
    hint: str


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line from the child. `type`: progress, window, done, failed, secret, probe, log or ready.

    Counters are of the stream since it began. `note` is what is being waited for, `notes` are what a window's fetch had
    to say of it. `busy` asks for that many seconds of patience.
    """

    type: str
    stream: str = ""
    window: int = 0
    windows: int = 0
    manifest: dict[str, Any] | None = None
    bytes: int = 0
    records: int = 0
    requests: int = 0
    throttled: int = 0
    note: str = ""
    notes: tuple[str, ...] = ()
    busy: float = 0.0
    failure: Failure | None = None
    name: str = ""
    value: str = ""
    ok: bool = True


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line to the child: `loaded` (a window is in the store), `saved` (a secret is in the keyring) or `stop`."""

    type: str
    error: str = ""


def encode(message: Job | Said | Told) -> bytes:
    return msgspec.json.encode(message) + b"\n"


def spellings(secrets: Iterable[str]) -> Iterator[str]:
    """The secrets, and each line of those that have several: output is read by lines, and texts escape line ends."""
    for secret in secrets:
        yield secret
        yield from secret.splitlines()
