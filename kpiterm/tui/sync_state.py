"""A sync as the screens see it: frozen, folded from its events one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from kpiterm import errors
from kpiterm.events import Progress, Run

Phase = Literal["idle", "running", "stopping", "ended"]

SENTENCES = {
    errors.OK: "sync done",
    errors.BUG: "the sync broke off: this is a fault of kpiterm",
    errors.USAGE: "the sync did not start: a setting or an argument is wrong",
    errors.CREDENTIALS: "the sync was refused: a credential is missing or no longer valid",
    errors.TRANSIENT: "the sync could not finish now: nothing is lost, try again later",
    errors.BAD_DATA: "the sync met data that it does not understand: nothing of that window was stored",
    errors.PARTIAL: "sync done in part: some streams failed, press 5 to see them",
    errors.BUSY: "another sync is running in this workspace: wait until it has ended",
    errors.PLUGIN: "the sync did not start: a connector is missing or does not fit this version",
    errors.BREACH: "sync done: a KPI or a clause is in breach",
    errors.INTERRUPTED: "sync stopped: the windows that were complete are kept",
}


@dataclass(frozen=True, slots=True)
class SyncState:
    """`streams` holds the last event of each (account, stream); `accounts` is empty when all are synced."""

    phase: Phase = "idle"
    accounts: tuple[str, ...] = ()
    streams: dict[tuple[str, str], Progress | Run] = field(default_factory=dict)
    exit_code: int | None = None
    stopped: bool = False
    stderr: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        return self.phase in ("running", "stopping")

    @property
    def runs(self) -> tuple[Run, ...]:
        """The streams that have finished."""
        return tuple(event for event in self.streams.values() if isinstance(event, Run))

    @property
    def current(self) -> Progress | None:
        """The stream that spoke last among those still at work."""
        working = [event for event in self.streams.values() if isinstance(event, Progress)]
        return working[-1] if working else None

    @property
    def failed(self) -> bool:
        """Whether it ended otherwise than asked."""
        good = (errors.OK, errors.BREACH)
        return self.phase == "ended" and not self.stopped and self.exit_code not in good


def fold(state: SyncState, event: Progress | Run) -> SyncState:
    """`state` after `event`; the stream that spoke last stands last."""
    key = (event.account, event.stream)
    others = {other: last for other, last in state.streams.items() if other != key}
    return replace(state, streams={**others, key: event})


def ended(state: SyncState, exit_code: int, stderr: Iterable[str]) -> SyncState:
    """`state` after the process ended; a stream that was still at work says nothing more."""
    finished: dict[tuple[str, str], Progress | Run] = {
        key: event for key, event in state.streams.items() if isinstance(event, Run)
    }
    stopped = state.phase == "stopping" or exit_code == errors.INTERRUPTED
    return replace(state, phase="ended", streams=finished, exit_code=exit_code, stopped=stopped, stderr=tuple(stderr))


def sentence(state: SyncState) -> str:
    """How the sync ended, in words: the meaning of its exit code, what was loaded, the last line of its stderr."""
    if state.stopped or state.exit_code is None:
        return SENTENCES[errors.INTERRUPTED]
    code = state.exit_code
    text = (
        SENTENCES.get(code) or f"the sync was ended from outside ({f'signal {-code}' if code < 0 else f'code {code}'})"
    )
    if state.runs:
        text += f". {totals(state.runs)}"
    if state.failed and state.stderr:
        text += f". It said: {state.stderr[-1]}"
    return text


def totals(runs: tuple[Run, ...]) -> str:
    """Rows and streams of finished runs: `1,204 rows, 3 streams ok, 1 failed`."""
    counts = {status: sum(run.status == status for run in runs) for status in ("ok", "skipped", "failed")}
    parts = [f"{count} {status}" for status, count in counts.items() if count]
    return f"{sum(run.rows for run in runs):,} rows; streams: {', '.join(parts)}"
