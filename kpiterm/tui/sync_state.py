"""A sync as the screens see it: frozen, folded from its events one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from kpiterm import errors
from kpiterm.events import Progress, Run
from kpiterm.i18n import N_, Said, listing, said, word

Phase = Literal["idle", "running", "stopping", "ended"]

SENTENCES = {
    errors.OK: N_("sync done"),
    errors.BUG: N_("the sync broke off: this is a fault of kpiterm"),
    errors.USAGE: N_("the sync did not start: a setting or an argument is wrong"),
    errors.CREDENTIALS: N_("the sync was refused: a credential is missing or no longer valid"),
    errors.TRANSIENT: N_("the sync could not finish now: nothing is lost, try again later"),
    errors.BAD_DATA: N_("the sync met data that it does not understand: nothing of that window was stored"),
    errors.PARTIAL: N_("sync done in part: some streams failed, press 5 to see them"),
    errors.BUSY: N_("another sync is running in this workspace: wait until it has ended"),
    errors.PLUGIN: N_("the sync did not start: a connector is missing or does not fit this version"),
    errors.BREACH: N_("sync done: a KPI or a clause is in breach"),
    errors.INTERRUPTED: N_("sync stopped: the windows that were complete are kept"),
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


def sentence(state: SyncState) -> Said:
    """How the sync ended, in words: the meaning of its exit code, what was loaded, the last error on its stderr."""
    if state.stopped or state.exit_code is None:
        return word(SENTENCES[errors.INTERRUPTED])
    code = state.exit_code
    text = word(SENTENCES[code]) if code in SENTENCES else _from_outside(code)
    if state.runs:
        text = said("{0}. {1}", text, totals(state.runs))
    if state.failed and state.stderr:
        told = [line for line in state.stderr if not line.lstrip().startswith("→")]  # the remedy stands below the error
        text = said("{0}. It said: {1}", text, (told or state.stderr)[-1])
    return text


def _from_outside(code: int) -> Said:
    how = said("signal {0}", -code) if code < 0 else said("code {0}", code)
    return said("the sync was ended from outside ({0})", how)


def totals(runs: tuple[Run, ...]) -> Said:
    """Rows and streams of finished runs: `1,204 rows, 3 streams ok, 1 failed`."""
    counts = {status: sum(run.status == status for run in runs) for status in ("ok", "skipped", "failed")}
    parts = [said("{0} {1}", count, word(status)) for status, count in counts.items() if count]
    return said("{0} rows; streams: {1}", f"{sum(run.rows for run in runs):,}", listing(parts))
