"""What a running sync says, one JSON object a line, to whoever started it (`kpiterm sync --events jsonl`)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class RunError:
    """Why a stream failed: the error class, what happened, and what to do next. Redacted."""

    kind: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A stream at work: `window` of `windows` so far; `note` says what it is waiting for, `eta` is in seconds."""

    account: str
    stream: str
    window: int
    windows: int
    bytes: int
    rows: int
    requests: int
    note: str
    eta: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A finished stream, as in `kpiterm sync --json`. `seconds` is a decimal string, `watermark` ends with Z.

    `reason` says why it was skipped, `note` what it has to say although it went well: history is truncated.
    """

    account: str
    stream: str
    status: Literal["ok", "skipped", "failed"]
    windows: int
    rows: int
    superseded: int
    bytes: int
    requests: int
    throttled: int
    seconds: str
    watermark: str | None
    error: RunError | None
    reason: str | None = None
    note: str | None = None


def as_line(event: Progress | Run) -> dict[str, Any]:
    """The event as a JSON line: `{"v":1,"event":"progress"|"run",…}` with the event's own keys beside them."""
    return {"v": 1, "event": "run" if isinstance(event, Run) else "progress", **asdict(event)}
